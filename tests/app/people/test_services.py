from __future__ import annotations

import gzip

import pytest

from pullcord.app.people.services import (
    BodyKind,
    UnknownMediaError,
    UnreadableRecordError,
    decode,
    decode_bulk,
    decode_hec,
)
from pullcord.model.event import SourceTrust
from pullcord.model.person import Principal, Scope

NDJSON = "application/x-ndjson"
BODY = b'{"id":"a","time":"2026-06-01T08:00:00Z","logsource":{},"attributes":{"x":1},"trust":"authenticated"}'
NOW = 1_790_000_000_000_000_000


def sender(*, authenticated: bool) -> Principal:
    return Principal(name="gateway", scopes=frozenset({Scope.INGEST}), authenticated=authenticated)


@pytest.mark.parametrize(
    ("authenticated", "trust"),
    [(True, SourceTrust.AUTHENTICATED), (False, SourceTrust.ATTACKER_WRITABLE)],
)
def test_events_have_the_trust_of_their_sender_whatever_they_say(
    authenticated: bool,  # noqa: FBT001
    trust: SourceTrust,
) -> None:
    who = sender(authenticated=authenticated)
    (event,) = decode(BodyKind.LINES, (NDJSON, ""), BODY, who, NOW).events
    assert (event.source, event.trust, event.received) == ("gateway", trust, NOW)


def test_a_request_holds_less_than_a_file() -> None:
    body = b'{"logsource": {}, "attributes": {"x": [' + b"{}," * 600_000 + b"{}]}}"
    found = decode(BodyKind.LINES, (NDJSON, ""), body, sender(authenticated=True), NOW)
    assert found.problems[0].cause.startswith("more than 500000 objects")
    with pytest.raises(UnreadableRecordError, match="more than 500000"):
        decode(BodyKind.TRACES, ("application/json", ""), body, sender(authenticated=True), NOW)


@pytest.mark.parametrize(
    ("authenticated", "trust"),
    [(True, SourceTrust.AUTHENTICATED), (False, SourceTrust.ATTACKER_WRITABLE)],
)
def test_so_have_events_for_the_collector_and_in_bulk(
    authenticated: bool,  # noqa: FBT001
    trust: SourceTrust,
) -> None:
    who = sender(authenticated=authenticated)
    one = decode_hec(False, "", b'{"event":"x"}', {"host": "h", "time": "5"}, who, NOW).events[0]  # noqa: FBT003
    line = decode_hec(True, "gzip", gzip.compress(b"x"), {}, who, NOW).events[0]  # noqa: FBT003
    (document,) = decode_bulk("", b'{"index":{}}\n{"x":1}\n', "plant", who, NOW).events
    for event in (one, line, document):
        assert (event.source, event.trust, event.received) == ("gateway", trust, NOW)
    assert (one.asset, one.time) == ("h", 5_000_000_000)


def test_what_is_packed_in_another_way() -> None:
    who = sender(authenticated=True)
    with pytest.raises(UnknownMediaError):
        decode_bulk("br", b"", "plant", who, NOW)
    with pytest.raises(UnreadableRecordError, match="time"):
        decode_hec(True, "", b"x", {"time": "soon"}, who, NOW)  # noqa: FBT003
