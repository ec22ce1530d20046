"""The body of one request → events and findings. Pure: bytes in, values out, bounded in size.

OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. Anything else is NDJSON, with the formats of files;
bodies for Splunk's and Elastic's endpoints are in ``formats``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from enum import StrEnum
from io import BytesIO

import msgspec
import zstandard

from pullcord.intake import otlp
from pullcord.intake.context import MIB, Context, Rejection
from pullcord.intake.decode import Items, Problems, decode
from pullcord.intake.detect_format import detect_format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp import proto as otlp_proto
from pullcord.intake.quick import quick
from pullcord.intake.record import read_object
from pullcord.model.errors import PullcordError
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun, digest

MOST_PLAIN = 16 * MIB
"""Bytes of a body, packed or unpacked."""
MOST_LINES = 100_000
"""Lines of a body that hold something."""
MOST_SHOWN = 100
"""Rejections of a body that are told one by one."""

_WINDOW = 1 << 23
"""RFC 8878 asks every decoder for 8 MiB of window; for HTTP (RFC 9659) no more may be used."""
_BITE = 1 << 10
"""One KiB of Zstandard can hold 256 blocks of 128 KiB: small bites keep bursts at 32 MiB."""
_PROTOBUF, _JSON = "application/x-protobuf", "application/json"
_NDJSON = ("application/x-ndjson", "application/jsonl", "application/ndjson")


class OversizeBodyError(PullcordError):
    """A request body is larger than allowed, packed or unpacked."""

    code = "PC-6003"


class UnknownMediaError(PullcordError):
    """A request body has a type or an encoding that is not read here."""

    code = "PC-6004"


class BodyKind(StrEnum):
    """What an endpoint takes."""

    TRACES = "traces"
    LOGS = "logs"
    LINES = "lines"


class Decoded(Noun, frozen=True, kw_only=True):
    """What a body held.

    Attributes:
        rejected: how much was left out.
        problems: the first :data:`MOST_SHOWN` of it; for NDJSON with its line, from 1.
    """

    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: int = 0
    problems: tuple[Rejection, ...] = ()


def decode_body(
    kind: BodyKind, content_type: str, content_encoding: str, body: bytes, ctx: Context
) -> Decoded:
    """Read a request.

    Args:
        content_type, content_encoding: header values as they came; no encoding is an empty text.
        body: as it came, of a size that the caller has bounded.

    Raises:
        UnknownMediaError: a type or encoding that the endpoint does not read.
        OversizeBodyError: it unpacks to more than :data:`MOST_PLAIN`.
        UnreadableRecordError: an OTLP request is broken as a whole, or the packed data is damaged.
    """
    media = content_type.partition(";")[0].strip().lower()
    read = _reader(kind, media)
    raw = unpack(body, content_encoding.strip().lower())
    return read(raw, ctx)


def unpack(body: bytes, encoding: str, most: int = MOST_PLAIN) -> bytes:
    """The plain bytes of a body: gzip, deflate (RFC 1950) or zstd, never more than ``most`` of them.

    Raises:
        as :func:`decode_body`.
    """
    if encoding in ("", "identity"):
        plain = body
    elif encoding in ("gzip", "x-gzip"):
        plain = _inflate(body, 31, most)
    elif encoding == "deflate":
        plain = _inflate(body, 15, most)
    elif encoding == "zstd":
        plain = _unzstd(body, most)
    else:
        raise UnknownMediaError("the content encoding is not read here", "send it plain, or as gzip or zstd")
    if len(plain) > most:
        raise OversizeBodyError(f"the body unpacks to more than {most} bytes", "send smaller batches")
    return plain


def _inflate(body: bytes, wbits: int, most: int) -> bytes:
    """One zlib stream, or the gzip members in a row, up to one byte over ``most``."""
    parts: list[bytes] = []
    size = 0
    while body:
        member = zlib.decompressobj(wbits=wbits)
        try:
            part = member.decompress(body, most + 1 - size)
        except zlib.error as error:
            raise _damaged() from error
        parts.append(part)
        size += len(part)
        if size > most:
            break
        if not member.eof:
            raise _damaged()
        # An empty member costs 20 bytes: a body of them is bounded by its own size.
        body = member.unused_data
    if not parts:
        raise _damaged()
    return b"".join(parts)


def _unzstd(body: bytes, most: int) -> bytes:
    """The Zstandard frames in a row, up to one burst over ``most``."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame, begun = decompressor.decompressobj(), False
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(body), _BITE):
        bite = body[start : start + _BITE]
        while bite and size <= most:
            begun = True
            try:
                part = frame.decompress(bite)
            except zstandard.ZstdError as error:
                raise _damaged() from error
            parts.append(part)
            size += len(part)
            bite = b""
            if frame.eof:
                bite, frame, begun = frame.unused_data, decompressor.decompressobj(), False
    if not parts or (begun and size <= most):
        raise _damaged()
    return b"".join(parts)


def _damaged() -> UnreadableRecordError:
    return UnreadableRecordError("the packed body is damaged or ends too early", "check what sends it")


def _reader(kind: BodyKind, media: str) -> Callable[[bytes, Context], Decoded]:
    if kind is BodyKind.LINES:
        if media in _NDJSON:
            return lines
        raise UnknownMediaError("the content type is not read here", f"send {_NDJSON[0]}")
    if media == _PROTOBUF:
        return _traces_proto if kind is BodyKind.TRACES else _logs_proto
    if media == _JSON:
        return _otlp_json
    raise UnknownMediaError("the content type is not read here", f"send {_PROTOBUF} or {_JSON}")


def _traces_proto(raw: bytes, ctx: Context) -> Decoded:
    return _one(*otlp_proto.decode(raw, otlp_proto.Signal.TRACES, ctx), ctx)


def _logs_proto(raw: bytes, ctx: Context) -> Decoded:
    return _one(*otlp_proto.decode(raw, otlp_proto.Signal.LOGS, ctx), ctx)


def _otlp_json(raw: bytes, ctx: Context) -> Decoded:
    return _one(*otlp.decode(raw, ctx), ctx)


def _one(events: Sequence[Event], problems: Problems, ctx: Context) -> Decoded:
    shown = tuple(_rejection(0, problem, ctx) for problem in problems[:MOST_SHOWN])
    return Decoded(events=tuple(events), rejected=len(problems), problems=shown)


def lines(raw: bytes, ctx: Context) -> Decoded:
    """The lines of an NDJSON body, each in any format of files; a broken one is reported and left out.

    Raises:
        OversizeBodyError: more than :data:`MOST_LINES` of them hold something.
    """
    found: list[Event | Finding] = []
    shown: list[Rejection] = []
    rejected = read = 0
    # Not `split`: sixteen million line breaks would become as many parts.
    for number, line in enumerate(BytesIO(raw), 1):
        stripped = line.strip()
        if not stripped:
            continue
        read += 1
        if read > MOST_LINES:
            raise OversizeBodyError(f"more than {MOST_LINES} lines in one body", "send smaller batches")
        try:
            items, problems = _line(stripped, ctx)
        except UnreadableRecordError as problem:
            items, problems = (), [problem]
        found += items
        rejected += len(problems)
        shown += [_rejection(number, problem, ctx) for problem in problems[: MOST_SHOWN - len(shown)]]
    return Decoded(
        events=tuple(item for item in found if isinstance(item, Event)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
        rejected=rejected,
        problems=tuple(shown),
    )


def _line(line: bytes, ctx: Context) -> tuple[Items, Problems]:
    plain = quick(line, ctx)
    if plain is not None:
        return (plain,), []
    data = read_object(line, ctx)
    items, problems = decode(data, detect_format(data), line, ctx)
    return outside(items, ctx), problems


def outside(items: Items, ctx: Context) -> Items:
    """The same with ids of the source's own for findings; see :func:`outside_id`."""
    return [
        msgspec.structs.replace(item, id=outside_id(ctx.source, item.id))
        if isinstance(item, Finding)
        else item
        for item in items
    ]


def outside_id(source: str, given: str) -> str:
    """The id of a finding that a source sent: its own for each source.

    The first of an id is kept. As given, an id could be that of a finding which the rules here have yet to make, or
    of one that another source has yet to send, and would keep it out.
    """
    return f"ext-{digest([source, given])[:24]}"


def _rejection(line: int, problem: UnreadableRecordError, ctx: Context) -> Rejection:
    return Rejection(source=ctx.source, line=line, cause=problem.cause, cure=problem.cure)
