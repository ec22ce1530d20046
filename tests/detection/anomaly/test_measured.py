from __future__ import annotations

import random

import pytest

from pullcord.detection.anomaly.measured import measured, name_of, shown
from pullcord.detection.anomaly.watch import Watch
from tests.detection.anomaly.build import declare, event

DRAW = random.Random(12)
SESSION = {"window": {"session": "s"}}


def texts(i: int) -> dict[str, object]:
    return {"x": "new" if i == 599 else f"v{i % 3}"}


def tools(i: int) -> dict[str, object]:
    return {"x": "abc"[i % 3] if i < 597 else "cba"[i % 3], "s": f"s{i // 3}"}


def numbers(i: int) -> dict[str, object]:
    return {"x": DRAW.gauss(100, 1) if i < 590 else 120.0}


def tags(i: int) -> dict[str, object]:
    level = DRAW.gauss(0, 1)
    return {"t": "ab"[i % 2], "x": level if i < 599 else 99.0}


def classes(i: int) -> dict[str, object]:
    return {"x": "good" if i < 500 else "bad"}


def vectors(i: int) -> dict[str, object]:
    return {"x": [DRAW.gauss(0 if i < 500 else 3, 1) for _ in range(8)]}


def flags(i: int) -> dict[str, object]:
    return {"x": float(i > 400 and i % 2)}


SMALL = {"reference": 200.0, "window": 50.0}
KINDS = [
    ("ewma", numbers, {}, ["x is 120 ms", "The threshold is 1"]),
    ("ewma", numbers, {"window": {"events": 10}}, ["The mean of x is", "over 10 events"]),
    ("cusum", numbers, {}, ["x is 120 ms", "added up to"]),
    ("page_hinkley", numbers, {}, ["x is 120 ms", "added up to"]),
    ("adwin", flags, {}, ["The mean of x went from", "the newer part has"]),
    ("first_seen", texts, {"parameters": {"learn": "1s"}}, ["'new', never seen before", "3 other value(s)"]),
    ("rarity", texts, {}, ["'new', seen 0 time(s)", "599 events"]),
    ("sequence", tools, SESSION, ["bits per call", "3 tool(s)"]),
    ("drift", numbers, {"parameters": SMALL}, ["have mean", "PSI", "the first 200 values"]),
    ("class_drift", classes, {"parameters": SMALL}, ["mixed differently", "from 100% to 0%", "it stays"]),
    ("embedding_drift", vectors, {"parameters": SMALL}, ["has moved", "the first 200 vectors"]),
    ("residual", tags, {"tag": "t"}, ["Tag b reads 99, but 1 other tag(s) say", "agree within"]),
]


@pytest.mark.parametrize(("detector", "make", "changes", "parts"), KINDS, ids=[kind[0] for kind in KINDS])
def test_each_kind_says_value_and_reference(
    detector: str, make: object, changes: dict[str, object], parts: list[str]
) -> None:
    assert callable(make)
    given = {"unit": {"name": "ms"}, "again": "1s", "warm_up": 10, **changes}
    watch = Watch(declare(detector=detector, **given), 0, 5)
    track, said = watch.fresh(("", "one")), ""
    for i in range(600):
        seen = watch.reader.read(event(i, **make(i)))
        assert seen is not None
        told = watch.take(track, seen, event(i).time)
        if told is not None:
            said = " ".join(measured(watch, track, told))
    assert [part for part in parts if part not in said] == []


def test_names_say_how_events_were_put_together() -> None:
    def name(**changes: object) -> str:
        return name_of(Watch(declare(**changes), 0, 5))

    assert name(value="x|y") == "x or y"
    assert name(value="count", window={"time": "1m"}) == "The number of events"
    assert name(matches=["a"], window={"events": 5}) == "The share of x that counts"
    assert name(window={"time": "1m"}) == "The sum of x"
    assert name(of="change") == "The change per second of x"


def test_numbers_are_shown_in_the_unit_of_people() -> None:
    watch = Watch(declare(unit={"name": "ms", "per": 1e6}), 0, 5)
    seen = watch.reader.read(event(1, x=2.5e6))
    assert seen is not None
    assert isinstance(seen.reading, float)
    assert shown(watch, seen.reading) == "2.5 ms"
    assert shown(watch, 2.5e7) == "25,000,000 ms"
    assert shown(Watch(declare(), 0, 5), 1 / 3) == "0.3333"
