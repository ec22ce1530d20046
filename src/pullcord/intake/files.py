"""Reads records from files: a JSON object per line, or one JSON document; plain, gzip or Zstandard."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import orjson

from pullcord.intake.context import Limits, Rejection
from pullcord.intake.errors import BrokenStreamError, UnreadableRecordError
from pullcord.intake.json_text import load
from pullcord.intake.lines import Line, LineReader
from pullcord.intake.streams import chunks
from pullcord.model.errors import UsageError

STDIN = Path("-")


class Record(NamedTuple):
    """One record: its line, from 1 (for a JSON array: its place in it), and its bytes."""

    line: int
    raw: bytes


def check_inputs(paths: Iterable[Path]) -> None:
    """See that all inputs can be opened before the first is read, so that nothing is left half-done.

    Raises:
        UsageError: an input is missing, a folder, or may not be read.
    """
    for path in paths:
        if path != STDIN:
            _check(path)


def open_records(path: Path, limits: Limits) -> Iterator[Record | Rejection]:
    """Yield the records of an input in order, and a rejection for each place that could not be read.

    Blank lines are passed over. A line over ``limits.max_line`` is rejected without being held in memory.
    Where the stream itself breaks, a last rejection says so; a line cut off there is not given.

    Args:
        path: a file, pipe or device; ``-`` is standard input.

    Raises:
        UsageError: the input cannot be opened.
    """
    with _open(path) as file:
        reader = LineReader(chunks(file, path.name, limits), limits.max_line)
        try:
            yield from _records(iter(reader), str(path), limits)
        except BrokenStreamError as error:
            yield Rejection(source=str(path), line=reader.number, cause=error.cause, cure=error.cure)


def _check(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be opened: {reason}", "check the path") from error
    if stat.S_ISDIR(mode):
        raise UsageError(f"{path} is a folder", f"name the files, for example {path}/*.jsonl")
    if not os.access(path, os.R_OK):
        raise UsageError(
            f"{path} may not be read by this user", "give read permission, or use another account"
        )


def _open(path: Path) -> BufferedReader:
    if path == STDIN:
        # A duplicate, so that closing it leaves the process its standard input.
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    _check(path)
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}", "check the path") from error


def _records(lines: Iterator[Line], source: str, limits: Limits) -> Iterator[Record | Rejection]:
    first = next(lines, None)
    if first is not None and first.raw is not None and (first.raw == b"{" or first.raw[:1] == b"["):
        yield from _document(first, lines, source, limits)
        return
    if first is not None:
        yield _record(first, source, limits)
    for line in lines:
        yield _record(line, source, limits)


def _record(line: Line, source: str, limits: Limits) -> Record | Rejection:
    if line.raw is not None:
        return Record(line.number, line.raw)
    return Rejection(
        source=source,
        line=line.number,
        cause=f"the line has {line.size} bytes, more than {limits.max_line}",
        cure="split the record at its source, for example with smaller export batches",
    )


def _document(
    first: Line, lines: Iterator[Line], source: str, limits: Limits
) -> Iterator[Record | Rejection]:
    """A file that begins like one pretty-printed document; if it is none after all, its lines."""
    held, size, broken = [first], first.size, None
    try:
        for line in lines:
            held.append(line)
            size += len(line.raw or b"") + 1
            if line.raw is None or size > limits.max_document:
                break
        else:
            whole = b"\n".join(line.raw or b"" for line in held)
            found = _elements(whole, source, limits)
            if found is not None:
                yield from found
                return
    except BrokenStreamError as error:
        broken = error
    for line in held:
        yield _record(line, source, limits)
    if broken is not None:
        raise broken
    for line in lines:
        yield _record(line, source, limits)


def _elements(whole: bytes, source: str, limits: Limits) -> list[Record | Rejection] | None:
    try:
        document, _ = load(whole, limits.max_containers)
    except UnreadableRecordError:
        return None
    if not isinstance(document, list):
        return [Record(1, whole)]
    return [_element(number, item, source) for number, item in enumerate(document, 1)]


def _element(number: int, item: object, source: str) -> Record | Rejection:
    try:
        return Record(number, orjson.dumps(item))
    except orjson.JSONEncodeError:
        return Rejection(
            source=source, line=number, cause="nested too deeply", cure="flatten it at its source"
        )
