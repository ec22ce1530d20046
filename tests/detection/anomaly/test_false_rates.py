"""Whether thresholds keep the false rate they state, and find what is injected; over several distributions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from pullcord.model.event import Event
from tests.detection.anomaly.build import STREAMS, Draw, declare, event, rates

RATE = 0.01
RUNS, LENGTH = 4, 5_000

Make = Callable[[random.Random, int], Event]


def total(changes: dict[str, object], make: Callable[[int], Make], length: int) -> tuple[int, int, int]:
    """Scores judged by an own threshold, anomalies among them and before, over several seeds."""
    declaration = declare(again="1s", false_rate=RATE, **changes)
    sums = [0, 0, 0]
    for seed in range(RUNS):
        draw, one = random.Random(seed), make(seed)
        found = rates(declaration, (one(draw, i) for i in range(length)))
        sums = [a + b for a, b in zip(sums, found, strict=True)]
    return sums[0], sums[1], sums[2]


def most(judged: int, rate: float = RATE) -> float:
    """The stated rate and three binomial deviations."""
    return judged * rate + 3 * math.sqrt(judged * rate * (1 - rate))


def numbers(stream: Draw) -> Callable[[int], Make]:
    return lambda _seed: lambda draw, i: event(i, x=stream(draw, i))


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("detector", ["ewma", "cusum", "page_hinkley"])
def test_numbers_keep_the_stated_rate(detector: str, name: str) -> None:
    judged, false, before = total({"detector": detector, "warm_up": 100}, numbers(STREAMS[name]), LENGTH)
    assert judged > 0.9 * RUNS * (LENGTH - 300)
    assert false <= most(judged)
    assert before <= most(RUNS * 200)
    if name != "constant":
        assert false > 0.3 * RATE * judged


def tools(_seed: int) -> Make:
    return lambda draw, i: event(i, x=f"t{min(20, int(draw.paretovariate(1.0)))}")


def bernoulli(_seed: int) -> Make:
    return lambda draw, i: event(i, x="bad" if draw.random() < 0.05 else "good")


def sessions(_seed: int) -> Make:
    state = {"session": 0, "left": 0, "tool": 0}

    def make(draw: random.Random, i: int) -> Event:
        if not state["left"]:
            state.update(session=state["session"] + 1, left=draw.randint(3, 9), tool=0)
        state["left"] -= 1
        state["tool"] = (state["tool"] + draw.choice((1, 1, 1, 2, 3))) % 7
        return event(i, x=f"t{state['tool']}", s=f"s{state['session']}")

    return make


def sensors(_seed: int) -> Make:
    state = {"level": 0.0}

    def make(draw: random.Random, i: int) -> Event:
        if i % 2:
            return event(i, x=3 + 2 * state["level"] + draw.gauss(0, 0.2), t="pressure")
        state["level"] = 0.95 * state["level"] + draw.gauss(0, 1)
        return event(i, x=100 + 5 * state["level"], t="flow")

    return make


OTHERS: list[tuple[str, dict[str, object], Callable[[int], Make], int]] = [
    (
        "adwin",
        {"detector": "adwin", "parameters": {"low": 0.0, "high": 200.0}},
        numbers(STREAMS["normal"]),
        30_000,
    ),
    ("new", {"detector": "first_seen", "parameters": {"learn": "1s"}}, tools, LENGTH),
    ("rare", {"detector": "rarity"}, tools, LENGTH),
    ("share", {"matches": ["bad"], "window": {"events": 20}, "side": "upper"}, bernoulli, 20_000),
    ("mix", {"detector": "class_drift"}, tools, 25_000),
    ("drift", {"detector": "drift"}, numbers(STREAMS["lognormal"]), 25_000),
    ("sequence", {"detector": "sequence", "window": {"session": "s"}, "warm_up": 200}, sessions, 8_000),
    ("residual", {"detector": "residual", "tag": "t"}, sensors, 8_000),
]


@pytest.mark.parametrize(
    ("changes", "make", "length"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS]
)
def test_other_kinds_keep_it_too(
    changes: dict[str, object], make: Callable[[int], Make], length: int
) -> None:
    judged, false, before = total(changes, make, length)
    assert judged > 0
    assert false <= most(judged)
    assert before <= most(RUNS * 100)


def recall(changes: dict[str, object], usual: Draw, odd: Draw, values: int, trials: int = 40) -> float:
    """The share of injections of a few odd values that are found, each into a stream of its own."""
    declaration, found = declare(again="1s", false_rate=RATE, warm_up=100, **changes), 0
    for seed in range(trials):
        draw = random.Random(1_000 + seed)
        start = 1_200 + seed
        calm = [event(i, x=usual(draw, i)) for i in range(start)]
        bad = [event(i, x=odd(draw, i)) for i in range(start, start + values)]
        found += anomalies_after(declaration, calm, bad)
    return found / trials


def anomalies_after(declaration: object, calm: list[Event], bad: list[Event]) -> bool:
    from pullcord.detection.anomaly.declaration import Declaration
    from pullcord.detection.anomaly.watch import Watch

    assert isinstance(declaration, Declaration)
    watch = Watch(declaration, 0, 10**9)
    track = watch.fresh(("", "one"))
    told = []
    for one in (*calm, *bad):
        seen = watch.reader.read(one)
        assert seen is not None
        told.append(watch.take(track, seen, one.time) is not None)
    return any(told[len(calm) :])


@pytest.mark.parametrize(
    ("changes", "usual", "odd", "values", "least"),
    [
        ({"detector": "ewma"}, "normal", lambda r, _: r.gauss(160, 10), 1, 0.95),
        ({"detector": "ewma"}, "daily", lambda r, i: STREAMS["daily"](r, i) + 90, 1, 0.9),
        ({"detector": "ewma", "scale": "log"}, "lognormal", lambda r, _: r.lognormvariate(8, 1), 1, 0.9),
        ({"detector": "ewma"}, "counts", lambda _r, _i: 12, 1, 0.95),
        ({"detector": "ewma"}, "constant", lambda _r, _i: 8, 1, 1.0),
        ({"detector": "cusum"}, "normal", lambda r, _: r.gauss(115, 10), 25, 0.9),
        ({"detector": "page_hinkley"}, "normal", lambda r, _: r.gauss(115, 10), 25, 0.9),
        ({"detector": "cusum"}, "heavy", lambda r, _: STREAMS["heavy"](r, 0) + 25, 25, 0.8),
    ],
)
def test_injected_anomalies_are_found(
    changes: dict[str, object], usual: str, odd: Draw, values: int, least: float
) -> None:
    assert recall(changes, STREAMS[usual], odd, values) >= least


def test_a_shift_that_single_values_do_not_show_is_found_by_sums_only() -> None:
    def shifted(r: random.Random, _i: int) -> float:
        return r.gauss(108, 10)

    by_sum = recall({"detector": "cusum", "parameters": {"slack": 0.3}}, STREAMS["normal"], shifted, 60)
    by_value = recall({"detector": "ewma"}, STREAMS["normal"], lambda r, _: r.gauss(108, 10), 1)
    assert by_sum >= 0.85
    assert by_value <= 0.2
