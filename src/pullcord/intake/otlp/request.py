"""OTLP/JSON: one ``ExportTraceServiceRequest`` or ``ExportLogsServiceRequest`` per record → events.

Source: https://opentelemetry.io/docs/specs/otlp/ (JSON Protobuf Encoding). A broken span or log record is
reported and left out; the rest of its request is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pullcord.intake.aliases import rename
from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_list, as_object
from pullcord.intake.genai import actor, first_text, logsource
from pullcord.intake.otlp import logs, quick, quick_json, spans
from pullcord.intake.otlp.assets import AssetFinder
from pullcord.intake.otlp.shared import Budget, Shared, Spread
from pullcord.intake.otlp.values import attributes, sub_object
from pullcord.intake.record import read_object
from pullcord.model.event import Event, Value
from pullcord.model.noun import digest_bytes

Problems = list[UnreadableRecordError]
_Read = Callable[[dict[str, object], str, dict[str, Value], Context], Draft]

# Group, scope and leaf of either signal; `instrumentationLibrarySpans` is what OTLP before 0.15 said.
_TRACES = ("resourceSpans", ("scopeSpans", "instrumentationLibrarySpans"), "spans")
_LOGS = ("resourceLogs", ("scopeLogs", "instrumentationLibraryLogs"), "logRecords")


def decode(raw: bytes, ctx: Context, *, careful: bool = False) -> tuple[list[Event], Problems]:
    """The events of one request, and what in it could not be read.

    Args:
        careful: leave the fast way out; the result is the same.

    Raises:
        UnreadableRecordError: the record is no JSON object.
    """
    data = None if careful else quick_json.read(raw, ctx)
    if data is None:
        data = read_object(raw, ctx)
    return events(data, ctx, digest_bytes(raw), careful=careful)


def events(
    data: dict[str, object], ctx: Context, digest: str, *, careful: bool = False
) -> tuple[list[Event], Problems]:
    """The events of a decoded request, in which spans may be :class:`QuickSpan`.

    Args:
        digest: the SHA-256 of its bytes.
        careful: as for :func:`decode`.
    """
    problems: Problems = []
    drafts = list(_drafts(data, _TRACES, spans.draft, ctx, problems))
    drafts += _drafts(data, _LOGS, logs.draft, ctx, problems)
    if careful:
        for draft in drafts:
            rename(draft.attributes, ctx.counters)
    else:
        drafts = [
            draft if isinstance(draft, quick.QuickDraft) else quick.settle(draft, ctx) for draft in drafts
        ]
    assets = AssetFinder(drafts)
    return [_finish(draft, assets, ctx, digest) for draft in drafts], problems


def _finish(draft: Draft, assets: AssetFinder, ctx: Context, digest: str) -> Event:
    if isinstance(draft, quick.QuickDraft):
        return quick.finish(draft, assets, digest, ctx)
    source = logsource(draft.attributes)
    draft.asset = assets.asset(draft, source)
    draft.actor = actor(draft.attributes)
    draft.site = first_text(draft.attributes, ("pullcord.site",))
    return seal(draft, source, digest, ctx)


def _drafts(
    data: dict[str, object],
    signal: tuple[str, tuple[str, ...], str],
    read: _Read,
    ctx: Context,
    problems: Problems,
) -> Iterator[Draft]:
    for item, path, shared in _leaves(data, signal, ctx, problems):
        try:
            if isinstance(item, quick.QuickSpan):
                yield quick.draft(item, path, shared, ctx)
            else:
                yield read(as_object(item, path), path, shared.attributes, ctx)
        except UnreadableRecordError as error:
            problems.append(error)


def _leaves(
    data: dict[str, object], signal: tuple[str, tuple[str, ...], str], ctx: Context, problems: Problems
) -> Iterator[tuple[object, str, Spread]]:
    """Each span or log record with its path and the attributes of its resource and scope."""
    group, scopes, leaf = signal
    budget = Budget(ctx)
    for place, resource in _list_of(data, group, "", problems):
        shared: dict[str, Value] = {}
        try:
            attributes(
                sub_object(resource, "resource", place).get("attributes"), f"{place}.resource", shared, ctx
            )
        except UnreadableRecordError as error:
            problems.append(error)
        for name in scopes:
            for inner, scope in _list_of(resource, name, f"{place}.", problems):
                try:
                    items = as_list(scope.get(leaf), f"{inner}.{leaf}")
                except UnreadableRecordError as error:
                    problems.append(error)
                    continue
                mine = Shared(shared | _scope(scope), budget, ctx) if items else None
                for number, item in enumerate(items):
                    if mine is not None:
                        yield item, f"{inner}.{leaf}[{number}]", mine.share()


def _scope(value: dict[str, object]) -> dict[str, Value]:
    scope = value.get("scope") or value.get("instrumentationLibrary")
    name = scope.get("name") if isinstance(scope, dict) else None
    return {"otel.scope.name": name} if isinstance(name, str) and name else {}


def _list_of(
    data: dict[str, object], name: str, prefix: str, problems: Problems
) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        items = as_list(data.get(name), f"{prefix}{name}")
    except UnreadableRecordError as error:
        problems.append(error)
        return
    for number, item in enumerate(items):
        path = f"{prefix}{name}[{number}]"
        try:
            yield path, as_object(item, path)
        except UnreadableRecordError as error:
            problems.append(error)
