"""Reads events or findings from files, in batches, whatever mixture of formats the lines have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from pullcord.intake.context import Context, Counters, Rejection
from pullcord.intake.decode import decode
from pullcord.intake.detect_format import BOTH, EVENTS, FINDINGS, Format, detect_format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.files import Record, check_inputs, open_records
from pullcord.intake.quick import quick
from pullcord.intake.record import read_object
from pullcord.model.errors import NothingReadableError
from pullcord.model.event import Event
from pullcord.model.finding import Finding

T = TypeVar("T")
Complain = Callable[[Rejection], None]
_Problems = list[UnreadableRecordError]
_Decode = Callable[[bytes, Context], tuple[Sequence[T], _Problems]]


class Batch(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What some lines of one file held, in their order.

    Attributes:
        file_index: which of the paths, from 0.
        first_line, last_line: the lines it comes from, from 1, both included. To go on after it, give
            ``(file_index, last_line)`` as ``after``.
        rejections: how many rejections these lines gave.
    """

    file_index: int
    first_line: int
    last_line: int
    items: tuple[T, ...]
    rejections: int = 0


def read_events(
    paths: Sequence[Path],
    ctx: Context,
    on_rejection: Complain,
    after: tuple[int, int] = (0, 0),
) -> Iterator[Batch[Event]]:
    """Yield the events of all files in batches; a batch never spans two files, nor parts of a line.

    Args:
        ctx: ``source`` is replaced by each file's path.
        on_rejection: called for each rejection, up to ``max_complaints`` in a row; all are counted.
        after: file index and line to go on after; the lines up to there are passed over undecoded.

    Raises:
        UsageError: a file cannot be opened; raised before anything is read.
    """
    check_inputs(paths)
    return _batches(paths, ctx, on_rejection, after, _decode_events)


def read_findings(
    paths: Sequence[Path],
    ctx: Context,
    on_rejection: Complain,
    after: tuple[int, int] = (0, 0),
) -> Iterator[Batch[Finding]]:
    """Yield the findings of all files, OCSF or as `pullcord detect` prints them; as :func:`read_events`."""
    check_inputs(paths)
    return _batches(paths, ctx, on_rejection, after, _decode_findings)


def read_either(
    paths: Sequence[Path],
    ctx: Context,
    on_rejection: Complain,
    after: tuple[int, int] = (0, 0),
) -> Iterator[Batch[Event | Finding]]:
    """Yield events and findings of all files, as their lines come; as :func:`read_events`."""
    check_inputs(paths)
    return _batches(paths, ctx, on_rejection, after, _decode_either)


def require_something(counters: Counters) -> None:
    """Call when all is read.

    Raises:
        NothingReadableError: an input yielded no usable record.
    """
    if counters.empty_inputs:
        names = ", ".join(counters.empty_inputs[:5])
        raise NothingReadableError(
            f"no usable record in {names}",
            "check that these are the right files; the lines above say what was wrong",
        )


def _decode_events(raw: bytes, ctx: Context) -> tuple[Sequence[Event], _Problems]:
    plain = quick(raw, ctx)
    if plain is not None:
        return (plain,), []
    data = read_object(raw, ctx)
    found = detect_format(data)
    if found in FINDINGS:
        raise _misplaced(found, EVENTS)
    items, problems = decode(data, found, raw, ctx)
    return [item for item in items if isinstance(item, Event)], problems


def _decode_findings(raw: bytes, ctx: Context) -> tuple[Sequence[Finding], _Problems]:
    data = read_object(raw, ctx)
    found = detect_format(data)
    if found in EVENTS - BOTH:
        raise _misplaced(found, FINDINGS)
    items, problems = decode(data, found, raw, ctx)
    kept = [item for item in items if isinstance(item, Finding)]
    if items and not kept:
        raise UnreadableRecordError(f"{found}: an event, not an alert", "give it to `pullcord detect`")
    return kept, problems


def _decode_either(raw: bytes, ctx: Context) -> tuple[Sequence[Event | Finding], _Problems]:
    plain = quick(raw, ctx)
    if plain is not None:
        return (plain,), []
    data = read_object(raw, ctx)
    return decode(data, detect_format(data), raw, ctx)


def _misplaced(found: Format, wanted: frozenset[Format]) -> UnreadableRecordError:
    if wanted is EVENTS:
        return UnreadableRecordError(
            f"a finding ({found}) where events belong", "give it to `pullcord triage`"
        )
    return UnreadableRecordError(
        f"an event ({found}) where findings belong", "give it to `pullcord detect`, and its output here"
    )


def _batches(
    paths: Sequence[Path], ctx: Context, on_rejection: Complain, after: tuple[int, int], decode: _Decode[T]
) -> Iterator[Batch[T]]:
    complaints = _Complaints(on_rejection, ctx)
    for index, path in enumerate(paths):
        if index < after[0]:
            continue
        skip = after[1] if index == after[0] else 0
        mine = msgspec.structs.replace(ctx, source=str(path))
        before = ctx.counters.accepted
        yield from _File(mine, complaints, decode, index, skip).batches(path)
        if ctx.counters.accepted == before and not skip:
            ctx.counters.empty_inputs.append(str(path))


class _Complaints:
    """Passes rejections on until there were too many in a row, and counts them all."""

    def __init__(self, to: Complain, ctx: Context) -> None:
        self._to = to
        self._ctx = ctx
        self._in_a_row = 0

    def accepted(self) -> None:
        """Something was read: whatever is wrong next is worth telling again."""
        self._in_a_row = 0

    def add(self, rejection: Rejection) -> None:
        """Count one rejection, and pass it on unless there were too many in a row."""
        self._ctx.counters.rejected += 1
        self._in_a_row += 1
        most = self._ctx.limits.max_complaints
        if self._in_a_row < most:
            self._to(rejection)
        elif self._in_a_row == most:
            self._to(
                Rejection(
                    source=rejection.source,
                    line=rejection.line,
                    cause=f"{most} rejected in a row, the last one: {rejection.cause}",
                    cure="check the file; further ones are counted, not shown, until a record is read again",
                )
            )


class _File(Generic[T]):
    """One pass over one file."""

    def __init__(
        self, ctx: Context, complaints: _Complaints, decode: _Decode[T], index: int, skip: int
    ) -> None:
        self._ctx = ctx
        self._complaints = complaints
        self._decode = decode
        self._index = index
        self._skip = skip
        self._items: list[T] = []
        self._first = self._last = self._size = self._rejections = 0

    def batches(self, path: Path) -> Iterator[Batch[T]]:
        """Yield the file's batches."""
        limits = self._ctx.limits
        for found in open_records(path, limits):
            if found.line <= self._skip:
                continue
            self._first = self._first or found.line
            self._last = found.line
            self._take(found)
            if len(self._items) >= limits.max_batch or self._size >= limits.max_batch_bytes:
                yield self._close()
        if self._items or self._rejections:
            yield self._close()

    def _take(self, found: Record | Rejection) -> None:
        if isinstance(found, Rejection):
            self._reject(found)
            return
        self._ctx.counters.records += 1
        self._size += len(found.raw)
        try:
            items, problems = self._decode(found.raw, self._ctx)
        except UnreadableRecordError as error:
            items, problems = (), [error]
        for problem in problems:
            self._reject(
                Rejection(source=self._ctx.source, line=found.line, cause=problem.cause, cure=problem.cure)
            )
        if items:
            self._ctx.counters.accepted += len(items)
            self._complaints.accepted()
            self._items += items

    def _reject(self, rejection: Rejection) -> None:
        self._rejections += 1
        self._complaints.add(rejection)

    def _close(self) -> Batch[T]:
        batch = Batch(
            file_index=self._index,
            first_line=self._first,
            last_line=self._last,
            items=tuple(self._items),
            rejections=self._rejections,
        )
        self._items = []
        self._first = self._size = self._rejections = 0
        return batch
