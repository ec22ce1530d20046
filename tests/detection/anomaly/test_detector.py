from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.content import walk
from pullcord.detection.anomaly import AnomalyDetector, Declaration, Limits, load_anomalies
from pullcord.detection.stream import MOST_KEY, MOST_VALUE, StreamDetector
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.finding import Finding
from pullcord.model.times import HOUR, MINUTE, SECOND
from tests.detection.anomaly.build import START, declare, event

SHIPPED = load_anomalies(walk("anomalies", ".yaml")).declarations
QUICK = {"false_rate": 0.1, "warm_up": 5, "again": "1m"}
BLOCK = {"reference": 50.0, "window": 20.0}
EVERY_KIND = [
    declare(id="ewma", **QUICK),
    declare(id="cusum", detector="cusum", **QUICK),
    declare(id="hinkley", detector="page_hinkley", **QUICK),
    declare(id="adwin", detector="adwin", parameters={"low": 0.0, "high": 20.0}, **QUICK),
    declare(id="change", of="change", persist=2, **QUICK),
    declare(id="first", value="tool", detector="first_seen", parameters={"learn": "1s"}, **QUICK),
    declare(id="rare", value="tool", detector="rarity", **QUICK),
    declare(id="sequence", value="tool", detector="sequence", window={"session": "s"}, **QUICK),
    declare(id="drift", detector="drift", parameters=BLOCK, **QUICK),
    declare(id="mix", value="tool", detector="class_drift", parameters=BLOCK, **QUICK),
    declare(id="vectors", value="v", detector="embedding_drift", parameters=BLOCK, **QUICK),
    declare(id="residual", detector="residual", tag="tool", parameters={"stale": "1h"}, **QUICK),
    declare(id="batch", value="tool", matches=["t1"], window={"events": 7}, side="upper", **QUICK),
    declare(id="session", window={"session": "s"}, side="upper", **QUICK),
    declare(
        id="hours",
        value="count",
        window={"time": "1h"},
        scale="sqrt",
        hour_of_week=True,
        side="upper",
        **QUICK,
    ),
]


def stream(seed: int, count: int, entities: int = 3) -> list[Event]:
    """Events of a few entities that set off every kind of declaration now and then."""
    draw, time, found = random.Random(seed), START, []
    for number in range(count):
        time += draw.randrange(1, 4 * MINUTE)
        wild = draw.random() < 0.05
        attributes: dict[str, Value] = {
            "who": f"w{draw.randrange(entities)}",
            "x": draw.gauss(10, 1) * (5 if wild else 1),
            "tool": f"t{draw.randrange(9 if wild else 4)}",
            "s": f"s{number // 8}",
            "v": [draw.gauss(3 if wild else 0, 1) for _ in range(4)],
        }
        found.append(event(number, time=time, **attributes))
    return found


def test_it_is_a_stream_detector() -> None:
    detector: StreamDetector = AnomalyDetector(SHIPPED)
    assert detector.name == "anomaly"
    assert detector.feed([]) == []


def test_every_kind_finds_something() -> None:
    found = AnomalyDetector(EVERY_KIND).feed(stream(1, 3_000))
    assert {finding.rule_id for finding in found} == {declaration.id for declaration in EVERY_KIND}
    assert [finding.time for finding in found] == sorted(finding.time for finding in found)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 600), max_size=4), pool=st.sampled_from([2, 99])
)
def test_a_restart_at_any_point_changes_nothing(seed: int, cuts: list[int], pool: int) -> None:
    limits, events = Limits(entities=40, pool=pool), stream(seed, 600)
    whole = AnomalyDetector(EVERY_KIND, limits)
    expected = whole.feed(events)

    detector, found, state = AnomalyDetector(EVERY_KIND, limits), list[Finding](), dict[str, bytes]()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 600], strict=True):
        found += detector.feed(events[start:end])
        for key, value in detector.changed().items():
            if value is None:
                del state[key]
            else:
                state[key] = value
        detector = AnomalyDetector(EVERY_KIND, limits)
        detector.restore(state)
    assert found == expected
    assert state == {key: value for key, value in whole.changed().items() if value is not None}


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 50))
def test_the_order_of_entities_and_the_size_of_batches_do_not_matter(seed: int, batch: int) -> None:
    # Borrowed thresholds do depend on who came first, so the pool stays shut.
    limits, events = Limits(pool=10**6), stream(seed, 500)
    together = AnomalyDetector(EVERY_KIND, limits)
    found = [f for i in range(0, 500, batch) for f in together.feed(events[i : i + batch])]
    by_entity = sorted(events, key=lambda one: str(one.attributes["who"]))
    apart = AnomalyDetector(EVERY_KIND, limits).feed(by_entity)
    assert sorted(found, key=lambda f: f.id) == sorted(apart, key=lambda f: f.id)


def test_entities_are_bounded_and_evictions_counted_and_saved() -> None:
    detector, state = AnomalyDetector([declare()], Limits(entities=50)), dict[str, bytes | None]()
    for number in range(500):
        detector.feed([event(number, x=1.0, who=f"w{number}")])
        state |= detector.changed()
    assert detector.health()["entities"] == 50
    assert detector.health()["evicted"] == 450
    assert sum(value is not None for value in state.values()) == 50


def test_what_was_never_saved_leaves_no_trace() -> None:
    detector = AnomalyDetector([declare()], Limits(entities=5))
    detector.feed([event(number, x=1.0, who=f"w{number}") for number in range(1_000)])
    assert len(detector.changed()) == 5
    assert detector.changed() == {}


@pytest.mark.parametrize("declaration", [*EVERY_KIND, *SHIPPED], ids=lambda d: d.id)
def test_a_state_entry_stays_small(declaration: Declaration) -> None:
    detector, draw = AnomalyDetector([declaration]), random.Random(1)
    largest = 0
    for number in range(3_000):
        detector.feed([busy(declaration, number, draw)])
        if number % 200 == 199:
            sizes = {key: len(value) for key, value in detector.changed().items() if value is not None}
            largest = max(largest, *sizes.values(), 0)
            assert all(len(key) <= MOST_KEY for key in sizes)
    assert 0 < largest <= MOST_VALUE
    assert detector.health()["oversize"] == 0


def busy(declaration: Declaration, number: int, draw: random.Random) -> Event:
    """An event that fills what a declaration remembers: long foreign names, many values, many sessions."""
    kind, entity = declaration.detector, "名" * 300
    texts = kind in ("first_seen", "rarity", "sequence", "class_drift") or declaration.matches
    value: Value = f"値-{draw.randrange(900)}" if texts else draw.gauss(1, 1e6)
    if kind == "embedding_drift":
        value = [draw.gauss(0, 1) for _ in range(64)]
    names = {name for part in declaration.entity for name in part.removesuffix("?").split("|")}
    attributes: dict[str, Value] = {**dict.fromkeys(names, entity), declaration.value.split("|")[0]: value}
    if declaration.tag is not None:
        attributes[declaration.tag.split("|")[0]] = f"t{number % 4}"
    if declaration.window is not None and declaration.window.session is not None:
        attributes[declaration.window.session.split("|")[0]] = f"s{draw.randrange(30)}"
    attributes |= {name: allowed[0] for name, allowed in declaration.where.items()}
    return Event(
        id=f"e{number}",
        time=START + number * HOUR // 4 if declaration.hour_of_week else START + number * SECOND,
        logsource=LogSource(product="ai", category=declaration.logsource.category),
        attributes=attributes,
        asset=entity,
        actor=entity,
        site=entity,
    )


def test_damaged_and_outdated_entries_are_left_out_and_counted() -> None:
    old = AnomalyDetector(EVERY_KIND)
    old.feed(stream(5, 500))
    state = {key: value for key, value in old.changed().items() if value is not None}
    count = len(state)
    ewma = [key for key in state if key.startswith("ewma/")]
    state[ewma[0]] = state[ewma[0]][:-3]
    state["ewma/pool"] = b""
    state["unknown/abc"] = b"x"
    state["odd"] = b"x"
    changed = [declare(id="rare", value="tool", detector="rarity", **{**QUICK, "warm_up": 6})]
    new = AnomalyDetector([*changed, *(d for d in EVERY_KIND if d.id != "rare")])
    new.restore(state)
    rare = sum(key.startswith("rare/") for key in state)
    pools = sum(key.endswith("/pool") for key in state if not key.startswith(("rare/", "ewma/")))
    health = new.health()
    assert (health["damaged"], health["stale"]) == (2, rare + 2)
    assert health["entities"] == count - pools - rare - 2


def test_log_sources_fields_and_entities_dispatch() -> None:
    detector = AnomalyDetector([declare()])
    other = msgspec.structs.replace(event(1, x=1.0), logsource=LogSource(product="windows"))
    assert detector.feed([other, event(2), event(3, x="text"), event(4, x=1.0)]) == []
    assert detector.health()["entities"] == 1
    assert detector.health()["unusable"] == 1


def test_many_log_sources_are_not_remembered_without_end() -> None:
    detector = AnomalyDetector([declare()])
    for number in range(3_000):
        detector.feed([msgspec.structs.replace(event(1), logsource=LogSource(product=f"p{number}"))])
    assert len(detector._sources) <= 1_024


keys = st.sampled_from(
    ["gen_ai.agent.name", "gen_ai.tool.name", "otel.duration_ns", "ot.tag", "ot.value", "x"]
)
scalar = st.text(max_size=8) | st.integers() | st.floats() | st.booleans()
attributes_of = st.dictionaries(keys, scalar | st.lists(scalar, max_size=4), max_size=6)
categories = st.sampled_from(["llm", "tool", "vision", "ot", "prediction", "access"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(attributes_of, st.integers(-(2**63), 2**63 - 1), categories), max_size=40))
def test_hostile_events_never_raise(drawn: list[tuple[dict[str, Value], int, str]]) -> None:
    detector = AnomalyDetector([*SHIPPED, *EVERY_KIND], Limits(entities=30))
    for number, (attributes, time, category) in enumerate(drawn):
        source = LogSource(product="ai", category=category)
        detector.feed([Event(id=f"e{number}", time=time, logsource=source, attributes=attributes)])
    state = {key: value for key, value in detector.changed().items() if value is not None}
    detector.restore(state)
    assert detector.health()["damaged"] == 0
