from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.anomaly.read import LONGEST, Reader, short
from pullcord.model.event import Event, Value
from tests.detection.anomaly.build import declare, event

scalars = st.text() | st.integers() | st.floats() | st.booleans()
values = scalars | st.lists(scalars, max_size=5)


def read(one: Event, **changes: object) -> object:
    seen = Reader(declare(**changes)).read(one)
    return None if seen is None else seen.reading


def test_the_first_alternative_that_is_there_counts() -> None:
    assert read(event(1, y=2, z=3), value="x|y|z") == 2.0
    assert read(event(1, x=0, y=2), value="x|y") == 0.0
    assert read(event(1), value="x|y") is None


def test_an_entity_has_the_site_and_all_its_parts() -> None:
    reader = Reader(declare(entity=["asset", "who|x", "model?"]))
    one = msgspec.structs.replace(event(1, x=1), asset="press", site="north")
    seen = reader.read(one)
    assert seen is not None
    assert seen.entity == ("north", "press", "one", "-")
    assert reader.read(event(1, x=1)) is None


@pytest.mark.parametrize("value", [True, "7", float("nan"), float("inf"), 1e300, 10**400, [1, 2]])
def test_what_is_no_usable_number_is_counted(value: Value) -> None:
    reader = Reader(declare())
    assert reader.read(event(1, x=value)) is None
    assert reader.unusable == 1


def test_conditions_narrow_the_events() -> None:
    assert read(event(1, x=1, op="write"), where={"op": ["write", "call"]}) == 1.0
    assert read(event(1, x=1, op="read"), where={"op": ["write"]}) is None
    assert read(event(1, x=1), where={"op": ["write"]}) is None


def test_a_match_counts_one_and_anything_else_nothing() -> None:
    given = {"matches": ["bad", "worse"], "window": {"events": 5}}
    values: list[Value] = ["bad", "good", ["good", "worse"], []]
    reads = [read(event(1, x=value), **given) for value in values]
    assert reads == [1.0, 0.0, 1.0, 0.0]
    assert read(event(1), **given) == 0.0
    assert read(event(1, x="any"), matches=["*"], window={"events": 5}) == 1.0
    assert read(event(1), matches=["*"], window={"events": 5}) == 0.0


def test_texts_vectors_and_tags_are_read() -> None:
    assert read(event(1, x="a"), detector="first_seen") == "a"
    assert read(event(1, x=True), detector="first_seen") == "true"
    assert read(event(1, x=[1, 2.5]), detector="embedding_drift") == [1.0, 2.5]
    assert read(event(1, x=[1, "a"]), detector="embedding_drift") is None
    assert read(event(1, x=4, t="p"), detector="residual", tag="t") == ("p", 4.0)
    assert read(event(1, x=4), detector="residual", tag="t") is None


def test_the_session_is_the_key_and_must_be_there() -> None:
    reader = Reader(declare(value="count", window={"session": "s|trace_id"}, side="upper"))
    seen = reader.read(event(1, s="one"))
    assert seen is not None
    assert (seen.key, seen.reading) == ("one", 1.0)
    assert reader.read(event(1)) is None
    traced = reader.read(msgspec.structs.replace(event(1), trace_id="t-1"))
    assert traced is not None
    assert traced.key == "t-1"


def test_long_names_are_shortened_and_still_told_apart() -> None:
    one, two = short("a" * 500), short("a" * 501)
    assert len(one) == len(two) == LONGEST
    assert one != two
    assert short("press") == "press"
    short("\ud800").encode()


@given(value=values, who=values, tag=values, detector=st.sampled_from(["ewma", "rarity", "residual"]))
def test_hostile_values_never_raise(value: Value, who: Value, tag: Value, detector: str) -> None:
    changes = {"tag": "t"} if detector == "residual" else {}
    seen = Reader(declare(detector=detector, **changes)).read(event(1, x=value, who=who, t=tag))
    assert seen is None or all(len(part) <= LONGEST for part in seen.entity)
