from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.event import Event
from pullcord.model.times import LATEST
from pullcord.store import segments
from pullcord.store.errors import LakeDamagedError, SegmentNameError, UnstorableError
from pullcord.store.scan import connect
from pullcord.store.segments import (
    decode_event,
    encode_event,
    mark,
    segment_name,
    segment_path,
    write_segment,
)
from tests.contracts.nouns import event

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(
    TEXT, st.integers(), NUMBERS, st.booleans(), st.lists(TEXT), st.lists(st.integers()), st.lists(NUMBERS)
)


@given(TEXT, st.integers(-(2**63), LATEST), st.dictionaries(TEXT, VALUES, max_size=5))
def test_an_event_comes_back(name: str, time: int, attributes: dict[str, object]) -> None:
    one = event(name, time, attributes=attributes or {"k": "v"})  # type: ignore[arg-type]
    assert decode_event(encode_event(one)) == one


@given(st.lists(st.floats(), max_size=4), st.floats())
def test_any_float_leaves_an_event_that_can_be_read(many: list[float], single: float) -> None:
    values: list[str | int | float | bool] = [*many]
    found = decode_event(encode_event(event("a", attributes={"many": values, "single": single}))).attributes
    assert (
        found["single"] == single
        if math.isfinite(single)
        else found["single"] in {"NaN", "Infinity", "-Infinity"}
    )
    assert isinstance(found["many"], list)
    assert len(found["many"]) == len(many)


@given(st.binary(max_size=100))
def test_any_other_bytes_are_damage(data: bytes) -> None:
    with pytest.raises(LakeDamagedError, match="does not decode"):
        decode_event(data)


@given(st.from_regex(r"[a-z0-9-]{1,80}", fullmatch=True))
def test_names_come_back(name: str) -> None:
    path = segment_path(Path("/lake/segments"), name)
    assert segment_name(path) == name
    assert path.parent == Path("/lake/segments")


@given(st.text(max_size=100))
def test_other_names_are_refused_or_stay_inside(name: str) -> None:
    try:
        path = segment_path(Path("/lake"), name)
    except SegmentNameError:
        return
    assert path.resolve().parent == Path("/lake")


def test_an_event_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MAX_EVENT", 500)
    with pytest.raises(UnstorableError, match="the limit is 500"):
        encode_event(event("a", attributes={"k": "x" * 500}))


def test_a_replaced_segment_has_another_mark(tmp_path: Path) -> None:
    connection = connect(tmp_path, spill=False)
    path = segment_path(tmp_path, "s")
    assert mark(path) is None
    write_segment(connection, path, [event("a")])
    first = mark(path)
    write_segment(connection, path, [event("a")])
    assert mark(path) not in {None, first}
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    connection.close()


def test_an_event_is_the_plain_noun() -> None:
    assert type(decode_event(encode_event(event("a")))) is Event
