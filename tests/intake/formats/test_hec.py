from __future__ import annotations

import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.formats.hec import Batch, Envelope, decode_events, decode_raw
from pullcord.intake.wire import MOST_LINES, OversizeBodyError
from tests.intake.formats.helpers import JSON, NOW, context
from tests.intake.formats.samples import ZEEK_CONN
from tests.intake.formats.test_windows_xml import EVENT


def events(*objects: object, between: bytes = b"", **around: str) -> Batch:
    return decode_events(between.join(map(orjson.dumps, objects)), Envelope(**around), context())  # type: ignore[arg-type]


@given(
    st.lists(st.text() | st.dictionaries(st.text(), JSON, min_size=1), max_size=6),
    st.sampled_from([b"", b"\n", b" \r\n "]),
)
def test_all_events_of_a_body_come_out_whatever_is_between_them(
    given_events: list[object], between: bytes
) -> None:
    kept = [one for one in given_events if one != ""]
    found = events(*({"event": one, "time": 5} for one in kept), between=between)
    assert (found.seen, found.rejected) == (len(kept), 0)
    assert len(found.events) + len(found.findings) >= len(kept)


def test_an_envelope() -> None:
    found = events(
        {
            "event": "x",
            "time": "1780000000.5",
            "host": "edge-7",
            "source": "/var/log/x",
            "sourcetype": "app",
            "index": "main",
            "fields": {"site": "A", "n": 7, "tags": ["a", "b"]},
        }
    ).events[0]
    assert (found.time, found.asset) == (1_780_000_000_500_000_000, "edge-7")
    expected = {
        "message": "x",
        "site": "A",
        "n": 7,
        "tags": ["a", "b"],
        "com.splunk.source": "/var/log/x",
        "com.splunk.sourcetype": "app",
        "com.splunk.index": "main",
    }
    assert expected.items() <= found.attributes.items()


def test_the_address_says_what_the_event_does_not() -> None:
    found = events({"event": "x"}, {"event": "y", "host": "own"}, host="default", sourcetype="app").events
    assert [event.asset for event in found] == ["default", "own"]


def test_fields_never_replace_what_the_event_says() -> None:
    found = events({"event": {"a": 1}, "fields": {"a": 2, "b": "x" * 10_000}}).events[0]
    assert found.attributes["a"] == 1
    assert len(str(found.attributes["b"])) == 4_096


@pytest.mark.parametrize(
    "fields", [7, [], "x", {"a": {}}, {"a": [[]]}, {"a": [{}]}, {str(number): 1 for number in range(65)}]
)
def test_wrong_fields(fields: object) -> None:
    found = events({"event": "x", "fields": fields})
    assert found.bad is not None
    assert (found.bad.code, found.events) == (15, ())


def test_equal_events_are_as_many_and_sent_again_the_same() -> None:
    body = [{"event": "link down", "time": 5}] * 3
    first, again = events(*body), events(*body)
    assert len({event.id for event in first.events}) == 3
    assert [event.id for event in first.events] == [event.id for event in again.events]


def test_what_its_own_id_has_is_not_counted_twice() -> None:
    found = events(*[{"event": ZEEK_CONN, "sourcetype": "zeek"}] * 2)
    assert len({event.id for event in found.events}) == 1


def test_a_cut_event_does_not_swallow_its_neighbours() -> None:
    found = decode_events(b'{"event":"cut\n{"event":"b"}\n{"event":"c"}', Envelope(), context())
    assert [event.attributes["message"] for event in found.events] == ["b", "c"]
    assert (found.rejected, found.bad is not None and found.bad.number) == (1, 0)


def test_lines() -> None:
    found = decode_raw(b"a\n\n b \r\na", Envelope(time=5, host="h"), context())
    assert [event.attributes["message"] for event in found.events] == ["a", "b", "a"]
    assert len({event.id for event in found.events}) == 3
    assert {event.time for event in found.events} == {5}
    assert decode_raw(b"\xff", Envelope(), context()).events[0].time == NOW


def test_xml_over_several_lines() -> None:
    body = f"{EVENT}\n{EVENT.replace('>5<', '>6<')}\n".encode()
    found = decode_raw(body, Envelope(sourcetype="XmlWinEventLog"), context())
    assert [event.logsource.category for event in found.events] == ["network_connection"] * 2
    assert found.seen == 2


@pytest.mark.parametrize("body", [b'{"event":"x"}' * (MOST_LINES + 1), b"x\n" * (MOST_LINES + 1)])
def test_events_of_a_body_are_bounded(body: bytes) -> None:
    read = decode_events if body[:1] == b"{" else decode_raw
    with pytest.raises(OversizeBodyError, match="more than"):
        read(body, Envelope(), context())


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":[' + b'"",' * 300_000,
        b"{" * 2_000_000,
        b'{"\\"' * 500_000,
        b'{"event":"x}\n' * 50_000,
        b'{"event":"\\' * 100_000,
        b"{}" * 50_000,
    ],
)
def test_hostile_framing_takes_time_in_proportion(body: bytes) -> None:
    begun = time.process_time()
    found = decode_events(body, Envelope(), context())
    assert time.process_time() - begun < 5
    assert found.events == ()
    assert found.rejected >= 1


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes(body: bytes, raw: bool) -> None:  # noqa: FBT001
    found = (decode_raw if raw else decode_events)(body, Envelope(sourcetype="suricata"), context())
    assert found.seen >= found.rejected
