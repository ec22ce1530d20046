"""Bodies of Splunk's HTTP Event Collector → events and findings.

Source: https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector. Objects follow each
other with or without anything between them. What can be read is taken, whatever stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple, NoReturn

from pullcord.intake.context import Context, printable
from pullcord.intake.decode import Items
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats import payload
from pullcord.intake.formats.common import Equals, Origin, word
from pullcord.intake.formats.sourcetypes import Text, by_sourcetype
from pullcord.intake.formats.when import instant
from pullcord.intake.json_text import load
from pullcord.intake.values import put
from pullcord.intake.wire import MOST_LINES, OversizeBodyError, outside
from pullcord.model.event import Event, Value
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun, digest_bytes

INVALID, EVENT_MISSING, EVENT_BLANK, BAD_FIELDS = 6, 12, 13, 15
"""Splunk's codes for what can be wrong with an event."""

_MOST_FIELDS, _LONGEST_FIELD = 64, 4_096
_ATTRIBUTES = (
    ("source", "com.splunk.source"),
    ("sourcetype", "com.splunk.sourcetype"),
    ("index_name", "com.splunk.index"),
)
# Strings are passed over whole; a quote always matches, so this is linear whatever the bytes are.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}]', re.DOTALL)
_SPACE = b" \t\r\n"
_SHOWN = 20
_RESYNCS = 4
_DEEPEST = 1_024
"""What the parser goes down."""
_BROKEN = UnreadableRecordError("no JSON object here", "send objects one after the other")


class Envelope(NamedTuple):
    """What stands around an event: metadata, as text.

    Attributes:
        time: nanoseconds UTC.
        fields: indexed fields, flat.
    """

    host: str | None = None
    source: str | None = None
    sourcetype: str | None = None
    index_name: str | None = None
    time: int | None = None
    fields: Mapping[str, Value] = {}


class Bad(Noun, frozen=True, kw_only=True):
    """The first event that could not be taken.

    Attributes:
        number: which, from 0.
        code: Splunk's.
    """

    number: int
    code: int
    cause: str
    cure: str


class Batch(Noun, frozen=True, kw_only=True):
    """What a body held.

    Attributes:
        seen: envelopes or lines, good and bad.
        rejected: how many were left out.
    """

    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    seen: int = 0
    rejected: int = 0
    bad: Bad | None = None


class _BadEventError(UnreadableRecordError):
    """An envelope that is not one."""

    def __init__(self, code: int, cause: str, cure: str) -> None:
        self.number = code
        super().__init__(cause, cure)


class _Collector:
    """Gathers what the events of one body hold."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._found: list[Event | Finding] = []
        self._equals = Equals()
        self.seen = self.rejected = 0
        self.bad: Bad | None = None

    def count(self) -> None:
        self.seen += 1
        if self.seen > MOST_LINES:
            raise OversizeBodyError(f"more than {MOST_LINES} events in one body", "send smaller batches")

    def take(self, value: object, around: Envelope, raw: bytes) -> None:
        """Keep what one event holds.

        Raises:
            UnreadableRecordError: it cannot be read.
        """
        hint = by_sourcetype(around.sourcetype or "")
        found = digest_bytes(raw)
        origin = Origin(self._ctx, found, around.host, around.time, hint.service, self._equals.key(found))
        items, problems = payload.read(value, hint, origin)
        self._found += outside(_labelled(items, around), self._ctx)
        for problem in problems:
            self.refuse(problem)

    def refuse(self, problem: UnreadableRecordError) -> None:
        """Count an event that was left out."""
        self.rejected += 1
        if self.bad is None:
            code = problem.number if isinstance(problem, _BadEventError) else INVALID
            number = max(0, self.seen - 1)
            self.bad = Bad(number=number, code=code, cause=problem.cause, cure=problem.cure)

    def batch(self) -> Batch:
        return Batch(
            events=tuple(item for item in self._found if isinstance(item, Event)),
            findings=tuple(item for item in self._found if isinstance(item, Finding)),
            seen=self.seen,
            rejected=self.rejected,
            bad=self.bad,
        )


def decode_events(raw: bytes, defaults: Envelope, ctx: Context) -> Batch:
    """The events of a body of ``/services/collector/event``.

    Args:
        defaults: what the address says, for events that do not say so themselves.

    Raises:
        OversizeBodyError: more than :data:`MOST_LINES` events.
    """
    collector = _Collector(ctx)
    for piece in _pieces(raw, ctx):
        collector.count()
        if isinstance(piece, UnreadableRecordError):
            collector.refuse(piece)
            continue
        value, held = piece
        try:
            around = _envelope(value, defaults, ctx)
            collector.take(value["event"], around, held)
        except UnreadableRecordError as problem:
            collector.refuse(problem)
    return collector.batch()


def decode_raw(raw: bytes, around: Envelope, ctx: Context) -> Batch:
    """The lines of a body of ``/services/collector/raw``, an event each; XML of Windows ends where its element does.

    Raises:
        OversizeBodyError: more than :data:`MOST_LINES` lines.
    """
    collector = _Collector(ctx)
    xml = by_sourcetype(around.sourcetype or "").text is Text.WINDOWS_XML
    for line in _elements(raw) if xml else BytesIO(raw):
        text = line.strip()
        if not text:
            continue
        collector.count()
        try:
            collector.take(text.decode("utf-8", "replace"), around, text)
        except UnreadableRecordError as problem:
            collector.refuse(problem)
    return collector.batch()


def _elements(raw: bytes) -> Iterator[bytes]:
    end = b"</Event>"
    start = 0
    while (found := raw.find(end, start)) >= 0:
        yield raw[start : found + len(end)]
        start = found + len(end)
    yield raw[start:]


def _pieces(raw: bytes, ctx: Context) -> Iterator[tuple[dict[str, object], bytes] | UnreadableRecordError]:
    """Each object with its bytes, or what is wrong with it; after broken framing nothing more comes."""
    place, tries = 0, _RESYNCS
    while (place := _skip(raw, place)) < len(raw):
        line_end = raw.find(b"\n", place)
        line_end = len(raw) if line_end < 0 else line_end
        whole = _object(raw[place:line_end].strip(), ctx)
        if isinstance(whole, tuple):
            yield whole
            place = line_end
            continue
        # Several objects in a line, or one over several lines; nothing is looked at twice.
        while place < line_end:
            end = _end(raw, place)
            found = _BROKEN if end is None else _object(raw[place:end], ctx)
            yield found
            if end is None or (end > line_end and not isinstance(found, tuple)):
                # Cut off within a string, it would swallow its neighbours: go on with the next line, a few times.
                tries -= 1
                end = line_end if tries else len(raw)
            place = _skip(raw, end)


def _skip(raw: bytes, place: int) -> int:
    while place < len(raw) and raw[place] in _SPACE:
        place += 1
    return place


def _end(raw: bytes, start: int) -> int | None:
    """The end of the object that begins here; None if there is none."""
    if raw[start : start + 1] != b"{":
        return None
    depth = 0
    for token in _TOKENS.finditer(raw, start):
        mark = raw[token.start()]
        if mark == 0x7B:  # noqa: PLR2004  (a brace)
            depth += 1
            if depth > _DEEPEST:
                return None
        elif mark == 0x7D:  # noqa: PLR2004
            depth -= 1
            if not depth:
                return token.end()
    return None


def _object(raw: bytes, ctx: Context) -> tuple[dict[str, object], bytes] | UnreadableRecordError:
    try:
        value, replaced = load(raw, ctx.limits.max_containers)
    except UnreadableRecordError as error:
        return error
    ctx.counters.replaced += replaced
    if isinstance(value, dict):
        return value, raw
    return UnreadableRecordError("no JSON object", "send objects with `event` in them")


def _envelope(value: Mapping[str, object], defaults: Envelope, ctx: Context) -> Envelope:
    event = value.get("event")
    if event is None:
        raise _BadEventError(EVENT_MISSING, "event is missing", "put what happened into `event`")
    if event in ("", {}, []):
        raise _BadEventError(EVENT_BLANK, "event is blank", "put what happened into `event`")
    given = value.get("time")
    return Envelope(
        host=word(value.get("host")) or defaults.host,
        source=word(value.get("source")) or defaults.source,
        sourcetype=word(value.get("sourcetype")) or defaults.sourcetype,
        index_name=word(value.get("index")) or defaults.index_name,
        time=defaults.time if given in (None, "") else instant(given, "time", ctx),
        fields=_fields(value.get("fields"), ctx),
    )


def _fields(value: object, ctx: Context) -> dict[str, Value]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > _MOST_FIELDS:
        raise _BadEventError(
            BAD_FIELDS, f"fields is no object of at most {_MOST_FIELDS} values", "send a flat object"
        )
    found: dict[str, Value] = {}
    for key, item in value.items():
        put(found, key, _kept(item, key), ctx)
    return found


def _kept(value: object, key: str) -> object:
    """A scalar, or a list of them, cut."""
    if isinstance(value, list):
        return [
            _kept(item, key) if not isinstance(item, list) else _no_field(key)
            for item in value[:_MOST_FIELDS]
        ]
    if isinstance(value, dict):
        return _no_field(key)
    return value[:_LONGEST_FIELD] if isinstance(value, str) else value


def _no_field(key: str) -> NoReturn:
    raise _BadEventError(
        BAD_FIELDS, f"fields.{printable(key, _SHOWN)} is no value or list of them", "send a flat object"
    )


def _labelled(items: Items, around: Envelope) -> Items:
    known = ((name, getattr(around, field)) for field, name in _ATTRIBUTES)
    labels: dict[str, Value] = {name: value for name, value in known if value is not None}
    more = {**labels, **around.fields}
    if not more:
        return items
    return [payload.with_attributes(item, more) if isinstance(item, Event) else item for item in items]
