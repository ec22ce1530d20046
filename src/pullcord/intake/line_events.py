"""A line of a log file → events and findings: any JSON, Windows events as XML, or syslog, CEF, LEEF and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from pullcord.intake.context import Context
from pullcord.intake.decode import Items
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats import payload, rfc5424
from pullcord.intake.formats.common import Origin
from pullcord.intake.formats.sourcetypes import Hint
from pullcord.intake.record import read_object
from pullcord.intake.wire import outside
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.noun import digest, digest_bytes


class Line(NamedTuple):
    """A line and what makes it one of its kind: where it stands in which life of which file."""

    raw: bytes
    key: str


class Read(NamedTuple):
    """What lines held, in their order; ``rejected`` counts what could not be read."""

    events: list[Event]
    findings: list[Finding]
    rejected: int


def read_lines(lines: Sequence[Line], ctx: Context, zone: tzinfo = UTC) -> Read:
    """The events and findings of lines.

    Args:
        zone: of times in texts that name none.
    """
    events: list[Event] = []
    findings: list[Finding] = []
    rejected = 0
    for line in lines:
        raw = line.raw.strip()
        if not raw:
            continue
        try:
            items, problems = _read(raw, line.key, ctx, zone)
        except UnreadableRecordError:
            rejected += 1
            continue
        rejected += problems
        events += [item for item in items if isinstance(item, Event)]
        findings += [item for item in outside(items, ctx) if isinstance(item, Finding)]
    return Read(events, findings, rejected)


def _read(raw: bytes, key: str, ctx: Context, zone: tzinfo) -> tuple[Items, int]:
    """What a line holds, and how much of it could not be read.

    Raises:
        UnreadableRecordError: nothing of it can be.
    """
    # The time of receipt goes into no id: read again after a crash, the line must come to the same.
    mark = digest_bytes(raw)
    origin = Origin(ctx, mark, time=ctx.received, key=digest([ctx.source, key, mark]))
    if raw.startswith((b"{", b"[")):
        data = read_object(raw, ctx)
        items, problems = payload.from_json(data, Hint(), origin)
        return items, len(problems)
    text = raw.decode("utf-8", "replace")
    if raw.startswith((b"<Event ", b"<Event>")):
        items, problems = payload.read(text, Hint(), origin)
        return items, len(problems)
    return [rfc5424.decode(text, ctx, zone, key)], 0
