"""What is inside an envelope, an object or a text of any format → events and findings.

Attackers can choose content: what only looks like a format, and cannot be read as it, is kept as it is, with the
reason under ``pullcord.undecoded``. Only where the sender says which format it means is it refused.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pullcord.intake.decode import FOREIGN, Items, Problems, decode
from pullcord.intake.detect_format import Format, detect_format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.common import Origin
from pullcord.intake.formats.generic import from_object, from_text
from pullcord.intake.formats.sourcetypes import Hint, Text
from pullcord.intake.record import read_object
from pullcord.intake.values import as_json
from pullcord.model.event import Event, LogSource, Value

UNDECODED = "pullcord.undecoded"
_LONGEST_CAUSE = 300
_HEAD = 4_096
_OTLP = ("resourceSpans", "resourceLogs")
_NATIVE = ("id", "time", "logsource", "attributes")
Read = tuple[Items, Problems]


def read(value: object, hint: Hint, origin: Origin) -> Read:
    """The events and findings of a payload.

    Raises:
        UnreadableRecordError: it is neither object nor text, nobody says when it happened, or it is not what its
            sender says it is.
    """
    if isinstance(value, dict):
        return from_json(value, hint, origin)
    if isinstance(value, str):
        return _text(value, hint, origin)
    return _text(as_json(value, origin.ctx), hint, origin)


def from_json(data: dict[str, object], hint: Hint, origin: Origin, fallback: Format | None = None) -> Read:
    """The same for an object.

    Args:
        fallback: format of objects of no known shape; None: any object, flattened.
    """
    problem: UnreadableRecordError | None = None
    for form in _forms(data, hint, fallback):
        try:
            return _as(data, form, origin)
        except UnreadableRecordError as error:
            if hint.strict:
                raise
            problem = problem or error
    return [_noted(from_object(data, origin), problem)], []


def _forms(data: dict[str, object], hint: Hint, fallback: Format | None) -> list[Format]:
    """Formats to try, in this order."""
    if hint.strict and hint.form is not None:
        return [hint.form]
    found = [hint.form] if hint.form is not None else []
    try:
        seen = detect_format(data)
    except UnreadableRecordError:
        pass
    else:
        # Logs of programs have attributes too.
        if seen is not Format.NATIVE or all(name in data for name in _NATIVE):
            found.append(seen)
    return list(dict.fromkeys([*found, fallback] if fallback is not None else found))


def _as(data: dict[str, object], form: Format, origin: Origin) -> Read:
    decoder = FOREIGN.get(form)
    if form is Format.OTLP and not any(name in data for name in _OTLP):
        # By itself an empty request is none that is wrong.
        raise UnreadableRecordError(f"none of {', '.join(_OTLP)} is there", "send OTLP/JSON requests")
    if decoder is not None:
        return decoder(data, origin), []
    return decode(data, form, as_json(data, origin.ctx).encode(), origin.ctx)


def _text(text: str, hint: Hint, origin: Origin) -> Read:
    if text.lstrip()[:1] == "{":
        try:
            data = read_object(text.encode("utf-8", "replace"), origin.ctx)
        except UnreadableRecordError:
            if hint.strict:
                raise
        else:
            return from_json(data, hint, origin)
    if hint.strict:
        raise UnreadableRecordError("text instead of an object", "send JSON, or another sourcetype")
    problem: UnreadableRecordError | None = None
    kind = hint.text or kind_of(text)
    if kind is not None:
        try:
            return [_named(_decoded(text, kind, origin), hint)], []
        except UnreadableRecordError as error:
            problem = error
    return [_named(_noted(from_text(text, origin), problem), hint)], []


def kind_of(text: str) -> Text | None:
    """The format a text begins like; None: none that is known."""
    head = text.lstrip()[:_HEAD]
    if head.startswith("CEF:"):
        return Text.CEF
    if head.startswith("LEEF:"):
        return Text.LEEF
    if head.startswith(("<Event ", "<Event>")):
        return Text.WINDOWS_XML
    # The priority of syslog; CEF and LEEF often come inside.
    mark = head[1:5].partition(">")
    return (
        Text.SYSLOG if head.startswith("<") and mark[1] and mark[0].isascii() and mark[0].isdigit() else None
    )


def _decoded(text: str, kind: Text, origin: Origin) -> Event:
    from pullcord.intake.formats import cef, leef, rfc5424, windows, windows_text, windows_xml
    from pullcord.intake.formats.device_event import Around
    from pullcord.intake.formats.windows_shapes import read as read_windows

    key = origin.key or origin.digest
    if kind is Text.CEF and text.lstrip().startswith("CEF:"):
        return cef.decode(text.lstrip(), origin.ctx, Around(time=origin.time, key=key))
    if kind is Text.LEEF and text.lstrip().startswith("LEEF:"):
        return leef.decode(text.lstrip(), origin.ctx, Around(time=origin.time, key=key))
    if kind is Text.WINDOWS_XML:
        return windows.event(read_windows(windows_xml.parse(text.strip())), origin, {})
    if kind is Text.WINDOWS_TEXT:
        return windows.event(read_windows(windows_text.parse(text.strip())), _timed(origin), {})
    found = rfc5424.decode(text, origin.ctx, key=key)
    if origin.time is not None and found.time == origin.ctx.received:
        found = msgspec.structs.replace(found, time=origin.time)
    return found


def _timed(origin: Origin) -> Origin:
    """The time of receipt where there is no other: the head of such an event names no zone."""
    return origin if origin.time is not None else origin._replace(time=origin.ctx.received or None)


def _noted(event: Event, problem: UnreadableRecordError | None) -> Event:
    if problem is None:
        return event
    return with_attributes(event, {UNDECODED: problem.cause[:_LONGEST_CAUSE]})


def _named(event: Event, hint: Hint) -> Event:
    """The log source that the sourcetype names, if the record itself names none."""
    if hint.product is None or event.logsource.product is not None:
        return event
    source = LogSource(product=hint.product, category=event.logsource.category, service=hint.service)
    return msgspec.structs.replace(event, logsource=source)


def with_attributes(event: Event, more: Mapping[str, Value]) -> Event:
    """The event with these attributes beside its own, which win."""
    return msgspec.structs.replace(event, attributes={**more, **event.attributes})
