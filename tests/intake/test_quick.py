from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.intake import native
from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.quick import quick
from pullcord.model.event import Event, SourceTrust

CTX = Context(source="here", received=1_790_000_000_000_000_000, trust=SourceTrust.AUTHENTICATED)
PLAIN: dict[str, Any] = {
    "id": "e-1",
    "time": "2026-01-31T08:00:00.5Z",
    "logsource": {"product": "ai", "category": "tool"},
    "asset": "press-line-3",
    "attributes": {
        "gen_ai.tool.name": "write_setpoint",
        "ot.value": 81.5,
        "list": ["a", "b"],
        "yes": True,
        "n": 3,
    },
}

ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=6),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["gen_ai.system", "gen_ai.tool.name", "llm.request.type", "tool.name", "input.value", "a", "b", ""]
)
TIMES = st.sampled_from(
    [
        "2026-01-31T08:00:00.5Z",
        "2026-01-31t08:00:60+01:00",
        "2026-01-31 08:00:00.123456789z",
        "1600-01-01T00:00:00Z",
        "x",
        "",
    ]
)
RECORDS = st.fixed_dictionaries(
    {
        "id": st.one_of(st.text(max_size=5), ANYTHING),
        "time": st.one_of(TIMES, ANYTHING),
        "logsource": st.one_of(
            st.dictionaries(
                st.sampled_from(["product", "category", "service", "x"]),
                st.one_of(st.text(max_size=3), ANYTHING),
            ),
            ANYTHING,
        ),
        "attributes": st.one_of(st.dictionaries(NAMES, ANYTHING, max_size=5), ANYTHING),
    },
    optional={
        name: st.one_of(st.text(max_size=3), ANYTHING)
        for name in (
            "site",
            "asset",
            "actor",
            "trace_id",
            "span_id",
            "parent_span_id",
            "observed_time",
            "more",
        )
    },
)


def slowly(raw: bytes) -> Event | None:
    try:
        return native.decode(raw, CTX)
    except UnreadableRecordError:
        return None


def test_an_ordinary_record_goes_the_fast_way() -> None:
    raw = json.dumps(PLAIN).encode()
    assert quick(raw, CTX) == slowly(raw) is not None


@settings(max_examples=400)
@given(RECORDS, st.booleans())
def test_what_it_gives_is_what_the_careful_way_gives(record: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001
    raw = json.dumps(record, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    found = quick(raw, CTX)
    assert found is None or found == slowly(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"id": "a"}',
        json.dumps({**PLAIN, "attributes": {"a": "\ud800"}}).encode(),
        json.dumps({**PLAIN, "more": 1}).encode(),
        json.dumps({**PLAIN, "attributes": {"a": None}}).encode(),
        json.dumps({**PLAIN, "attributes": {"a": [1, "b"]}}).encode(),
        json.dumps({**PLAIN, "attributes": {"a": 2**63}}).encode(),
        json.dumps({**PLAIN, "attributes": {"k" * 513: 1}}).encode(),
        json.dumps({**PLAIN, "attributes": {str(number): 1 for number in range(200)}}).encode(),
        json.dumps({**PLAIN, "attributes": {"a": "x" * (1 << 20)}}).encode(),
        json.dumps({**PLAIN, "id": ""}).encode(),
        json.dumps({**PLAIN, "time": "yesterday"}).encode(),
        json.dumps(PLAIN).encode().replace(b"81.5", b"1e999"),
        json.dumps(PLAIN).encode().replace(b"81.5", b"NaN"),
        json.dumps(PLAIN).encode() + b"x",
    ],
)
def test_whatever_is_out_of_the_ordinary_is_left_to_the_careful_way(raw: bytes) -> None:
    assert quick(raw, CTX) is None


def test_names_are_moved_and_odd_clocks_counted_as_there() -> None:
    raw = json.dumps({**PLAIN, "time": "1999-01-01T00:00:00Z", "attributes": {"gen_ai.system": "x"}}).encode()
    fast, slow = Context(), Context()
    found = quick(raw, fast)
    assert found is not None
    assert found == native.decode(raw, slow)
    assert fast.counters == slow.counters
    assert found.attributes == {"gen_ai.provider.name": "x"}


def test_made_up_log_sources_do_not_fill_the_memory() -> None:
    from pullcord.intake import quick as module

    for number in range(2_000):
        raw = json.dumps({**PLAIN, "logsource": {"product": f"p{number}"}}).encode()
        found = module.quick(raw, CTX)
        assert found is not None
        assert found.logsource.product == f"p{number}"
    assert len(module._sources) <= 1_024
