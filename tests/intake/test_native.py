from __future__ import annotations

import hashlib
from contextlib import suppress

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.output import to_native
from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.native import decode
from pullcord.model.event import Event, LogSource, SourceTrust
from pullcord.model.times import EARLIEST, LATEST

GOOD: dict[str, object] = {
    "id": "e1",
    "time": "2026-01-31T08:00:00.5Z",
    "logsource": {"product": "ai", "category": "tool"},
    "attributes": {"gen_ai.tool.name": "send", "n": 5},
}


def raw(**changes: object) -> bytes:
    return orjson.dumps(GOOD | changes)


def test_a_record() -> None:
    line = raw(asset="press-3", trace_id="t", observed_time="2026-01-31T08:00:01Z", actor=None)
    event = decode(line, Context(source="a", received=3))
    assert event == Event(
        id="e1",
        time=1_769_846_400_500_000_000,
        observed_time=1_769_846_401_000_000_000,
        logsource=LogSource(product="ai", category="tool"),
        attributes={"gen_ai.tool.name": "send", "n": 5, "gen_ai.operation.name": "execute_tool"},
        asset="press-3",
        trace_id="t",
        source="a",
        received=3,
        raw_digest=hashlib.sha256(line).hexdigest(),
    )


def test_unknown_keys_are_kept_and_counted_and_never_believed() -> None:
    ctx = Context()
    event = decode(raw(trust="authenticated", tenant={"a": 1}, logsource={"vendor": "x"}), ctx)
    assert event.trust is SourceTrust.ATTACKER_WRITABLE
    assert event.attributes["unmapped.trust"] == "authenticated"
    assert event.attributes["unmapped.tenant.a"] == 1
    assert event.attributes["unmapped.logsource.vendor"] == "x"
    assert ctx.counters.unknown_keys == 3


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"id": None}, "id is missing"),
        ({"id": 5}, "id: a number instead of text"),
        ({"id": "x" * 600}, "id: 600 characters"),
        ({"time": 1_700_000_000_000}, "time: a number instead of an RFC 3339 time"),
        ({"time": "soon"}, "time: not an RFC 3339 time with offset: 'soon'"),
        ({"observed_time": []}, "observed_time: a list"),
        ({"logsource": "ai"}, "logsource: text instead of an object"),
        ({"logsource": {"product": 1}}, "logsource.product: a number instead of text"),
        ({"attributes": []}, "attributes: a list instead of an object"),
        ({"attributes": None}, "attributes is missing"),
        ({"asset": {}}, "asset: an object instead of text"),
    ],
)
def test_wrong_fields_are_named(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError) as error:
        decode(raw(**changes), Context())
    assert error.value.cause.startswith(cause)


def test_old_names_are_moved() -> None:
    assert decode(raw(attributes={"gen_ai.system": "x"}), Context()).attributes == {
        "gen_ai.provider.name": "x"
    }


NAMES = st.text(min_size=1, max_size=20)
MAYBE = st.none() | NAMES
TIMES = st.integers(EARLIEST, LATEST)
VALUES = (
    st.text()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(st.text())
    | st.lists(st.booleans())
    | st.lists(st.integers(-(2**63), 2**63 - 1))
    | st.lists(st.floats(allow_nan=False, allow_infinity=False))
)
EVENTS = st.builds(
    Event,
    id=NAMES,
    time=TIMES,
    observed_time=st.none() | TIMES,
    logsource=st.builds(LogSource, product=MAYBE, category=MAYBE, service=MAYBE),
    attributes=st.dictionaries(st.text(max_size=20).map("x.{}".format), VALUES, max_size=6),
    site=MAYBE,
    asset=MAYBE,
    actor=MAYBE,
    trace_id=MAYBE,
    span_id=MAYBE,
    parent_span_id=MAYBE,
    source=st.just("a"),
)


@given(EVENTS)
def test_written_and_read_again_is_the_same(event: Event) -> None:
    read = decode(orjson.dumps(to_native(event)), Context(source="a"))
    assert msgspec.structs.replace(read, raw_digest="") == event


@given(st.binary() | st.dictionaries(st.sampled_from([*GOOD, "asset", "x"]), VALUES).map(orjson.dumps))
def test_any_bytes_give_an_event_or_a_rejection(data: bytes) -> None:
    with suppress(UnreadableRecordError):
        assert decode(data, Context()).id
