"""Reads made-up records as intake does, and makes damaged ones."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.decode import decode
from pullcord.intake.detect_format import detect_format
from pullcord.intake.formats.common import Origin
from pullcord.intake.record import read_object
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from tests.intake.formats.samples import ALL

NOW = 1_780_000_000_000_000_000
EIGHT = 1_780_300_800_000_000_000
"""2026-06-01T08:00:00Z."""


def context() -> Context:
    return Context(source="gateway", received=NOW)


def origin(**more: Any) -> Origin:  # noqa: ANN401  (fields of several types)
    return Origin(context(), "ab" * 32)._replace(**more)


def both(record: object) -> list[Event | Finding]:
    """What a line with this record holds."""
    raw = orjson.dumps(record)
    ctx = context()
    data = read_object(raw, ctx)
    items, problems = decode(data, detect_format(data), raw, ctx)
    assert problems == []
    return list(items)


def event(record: object) -> Event:
    """The event of a record."""
    first = both(record)[0]
    assert isinstance(first, Event)
    return first


JSON = st.recursive(
    st.none()
    | st.booleans()
    # What the parser gives: beyond 64 bits it makes floating point.
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["-", "2026-06-01T08:00:00Z", "10.0.0.1", "1780000000.5", "T1059"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "id", "#text", "@Name", "System", "data", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A plausible record in which some fields, at any depth, are something else or gone."""
    record: dict[str, Any] = orjson.loads(orjson.dumps(draw(st.sampled_from(sorted(ALL.items())))[1]))
    for _ in range(draw(st.integers(1, 4))):
        place = record
        while True:
            key = draw(st.sampled_from(sorted(place) or ["x"]))
            inner = place.get(key)
            if isinstance(inner, dict) and inner and draw(st.booleans()):
                place = inner
                continue
            break
        if draw(st.booleans()):
            place[key] = draw(JSON)
        else:
            place.pop(key, None)
    return record
