from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake import wire
from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.wire import (
    BodyKind,
    OversizeBodyError,
    UnknownMediaError,
    decode_body,
    outside_id,
    unpack,
)
from pullcord.model.finding import finding_id
from tests.intake.formats.samples import ALL, CLOUDTRAIL
from tests.intake.requests import logs, span, traces

CTX = Context(source="gateway")
NDJSON = "application/x-ndjson"
EVENT = {"id": "a", "time": "2026-06-01T08:00:00Z", "logsource": {"product": "ai"}, "attributes": {"x": 1}}
FINDING = {
    "finding_id": "f1",
    "rule_id": "r",
    "title": "t",
    "severity": "high",
    "time": "2026-06-01T08:00:00Z",
}
OCSF = {
    "class_uid": 2004,
    "severity_id": 4,
    "time": 1_780_000_000_000,
    "finding_info": {"uid": "f2", "title": "t"},
}
Pack = Callable[[bytes], bytes]
PACKERS: list[tuple[str, Pack]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("zstd", lambda data: zstandard.ZstdCompressor().compress(data)),
]


def lines(*records: object) -> bytes:
    return b"\n".join(record if isinstance(record, bytes) else orjson.dumps(record) for record in records)


def read(
    body: bytes, media: str = NDJSON, encoding: str = "", kind: BodyKind = BodyKind.LINES
) -> wire.Decoded:
    return decode_body(kind, media, encoding, body, CTX)


def test_lines_of_all_formats_in_one_body() -> None:
    found = read(lines(EVENT, traces(span()), FINDING, OCSF))
    assert [event.source for event in found.events] == ["gateway", "gateway"]
    assert [finding.id for finding in found.findings] == [
        outside_id("gateway", "f1"),
        outside_id("gateway", "f2"),
    ]
    assert (found.rejected, found.problems) == (0, ())


def test_broken_lines_are_named_and_the_others_read() -> None:
    found = read(lines(EVENT, b"oops", b"", b"  ", b"[]", {"id": "x"}, traces({"name": "no ids"}), EVENT))
    assert len(found.events) == 2
    assert [problem.line for problem in found.problems] == [2, 5, 6, 7]
    assert found.rejected == 4
    assert all(problem.cause and problem.cure for problem in found.problems)


def test_windows_line_ends_and_a_missing_last_one() -> None:
    assert len(read(lines(EVENT) + b"\r\n" + lines(EVENT)).events) == 2


def test_only_the_first_hundred_problems_are_told() -> None:
    found = read(b"x\n" * 5_000 + lines(EVENT))
    assert (found.rejected, len(found.problems), len(found.events)) == (5_000, 100, 1)


def test_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_LINES", 3)
    assert read(b"x\n\n\n\n\nx\nx").rejected == 3
    with pytest.raises(OversizeBodyError, match="more than 3 lines"):
        read(b"x\nx\nx\nx")


def test_otlp_json_of_both_signals() -> None:
    assert len(read(traces(span()), "application/json; charset=utf-8", kind=BodyKind.TRACES).events) == 1
    found = read(logs({"body": {"stringValue": "x"}}, 7), "application/json", kind=BodyKind.LOGS)
    assert (len(found.events), found.rejected) == (1, 1)


@pytest.mark.parametrize("kind", [BodyKind.TRACES, BodyKind.LOGS])
@pytest.mark.parametrize("media", ["application/json", "application/x-protobuf"])
def test_a_broken_otlp_request_is_refused_as_a_whole(kind: BodyKind, media: str) -> None:
    with pytest.raises(UnreadableRecordError):
        read(b"\xff\xff", media, kind=kind)


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        (BodyKind.LINES, "application/x-protobuf"),
        (BodyKind.LINES, ""),
        (BodyKind.TRACES, NDJSON),
        (BodyKind.LOGS, "text/plain"),
    ],
)
def test_a_foreign_type(kind: BodyKind, media: str) -> None:
    with pytest.raises(UnknownMediaError, match="content type"):
        read(b"", media, kind=kind)


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_packed_bodies(encoding: str, pack: Pack) -> None:
    assert len(read(pack(lines(EVENT, EVENT)), encoding=encoding.upper()).events) == 2
    assert unpack(pack(b"x" * 1_000), encoding, 1_000) == b"x" * 1_000
    with pytest.raises(OversizeBodyError, match="more than 999 bytes"):
        unpack(pack(b"x" * 1_000), encoding, 999)


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_bomb_is_given_up_early(encoding: str, pack: Pack) -> None:
    with pytest.raises(OversizeBodyError):
        read(pack(b"\n" * (wire.MOST_PLAIN + 1)), encoding=encoding)


@pytest.mark.parametrize(("encoding", "pack"), [PACKERS[0], PACKERS[2]])
def test_members_in_a_row_are_one_body(encoding: str, pack: Pack) -> None:
    assert unpack(pack(b"a") + pack(b"") + pack(b"b"), encoding) == b"ab"


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_damaged_bodies(encoding: str, pack: Pack) -> None:
    whole = pack(lines(EVENT) * 20)
    for damaged in (b"", b"plain", whole[:-6], whole[: len(whole) // 2]):
        with pytest.raises(UnreadableRecordError, match="damaged"):
            unpack(damaged, encoding)


def test_an_unknown_encoding() -> None:
    with pytest.raises(UnknownMediaError, match="content encoding"):
        unpack(b"", "br")
    assert unpack(b"x", "identity") == b"x"


def test_a_zstandard_window_beyond_8_mib_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = packer.compress(b"x" * 100) + packer.flush()
    with pytest.raises(UnreadableRecordError):
        unpack(body, "zstd")


@given(body=st.binary(max_size=300), encoding=st.sampled_from(["", "gzip", "deflate", "zstd"]))
def test_any_bytes_are_read_or_refused(body: bytes, encoding: str) -> None:
    try:
        found = read(body, encoding=encoding)
    except UnreadableRecordError as error:
        assert error.cause.startswith("the packed body")  # noqa: PT017
    else:
        assert found.rejected >= len(found.problems)


@pytest.mark.parametrize("line", [FINDING, OCSF])
def test_a_finding_from_outside_takes_no_id_of_ours_and_none_of_another_source(
    line: dict[str, object],
) -> None:
    ours = finding_id("a-rule", ("an-event",))
    body = orjson.dumps(line).replace(b'"f1"', f'"{ours}"'.encode()).replace(b'"f2"', f'"{ours}"'.encode())
    ids = {
        decode_body(BodyKind.LINES, NDJSON, "", body, Context(source=source)).findings[0].id
        for source in ("gateway", "agent", "gateway")
    }
    assert len(ids) == 2
    assert not any(one.startswith("fnd-") for one in ids)


def test_formats_of_other_tools_and_their_alerts() -> None:
    found = read(lines(*ALL.values(), {"Records": [CLOUDTRAIL, 7]}))
    assert len(found.events) == len(ALL) + 1
    assert [finding.product for finding in found.findings] == ["suricata", "wazuh"]
    assert all(finding.id.startswith("ext-") for finding in found.findings)
    assert [(one.line, one.cause) for one in found.problems] == [
        (len(ALL) + 1, "Records[1]: a number instead of an object")
    ]
