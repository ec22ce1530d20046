"""Folds segments into columnar files. Killed at any instruction, the lake holds each event once.

The order makes it so: the file is written aside, synced and renamed; the manifest is replaced; segments are
removed. Until the manifest names the file it does not count, and until a segment is gone its rows in files do
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullcord.store.durable import TEMPORARY, publish, sync_folder
from pullcord.store.manifest import ColumnarFile, read_manifest, write_manifest
from pullcord.store.scan import COLUMNS, FILES, Relation, from_files, from_segments, segment_files
from pullcord.store.segments import Marks, mark, segment_name

if TYPE_CHECKING:
    import duckdb

GROUP_BYTES = 64 * 1024 * 1024
"""Compressed bytes of segments folded at once: bounds what a sort has to spill."""
SMALL_BYTES = 64 * 1024 * 1024
SMALL_FILES = 16
"""So many files smaller than ``SMALL_BYTES`` are folded into one: queries open every file."""
ROW_GROUP = 4_096
"""Rows of a row group: bodies are kilobytes, and a query for one trace unpacks whole row groups."""


def compact(folder: Path, connection: duckdb.DuckDBPyConnection, lock: AbstractContextManager[Any]) -> None:
    """Fold all segments of the lake in ``folder`` that are there now, then small files into one.

    Args:
        folder: the lake, absolute.
        connection: see ``pullcord.store.scan.connect``.
        lock: held by whoever replaces a segment; taken here for the moment in which segments are removed.
    """
    sweep(folder)
    for group in _groups(segment_files(folder)):
        marks = {segment_name(path): seen for path in group if (seen := mark(path)) is not None}
        relation = from_segments(group)
        _fold(folder, connection, relation, tuple(marks), ())
        with lock:
            _remove(group, marks)
        sync_folder(group[0].parent)
    small = [file for file in read_manifest(folder).files if file.size < SMALL_BYTES]
    if len(small) >= SMALL_FILES:
        live = {segment_name(path) for path in segment_files(folder)}
        names = tuple(name for file in small for name in file.segments if name not in live)
        # Segments that live again are masked here for good: their old rows are not carried over.
        _fold(folder, connection, from_files(folder, small, live), names, tuple(file.name for file in small))
        sweep(folder)


def sweep(folder: Path) -> None:
    """Remove columnar files that do not count: left by a killed compaction, or folded into others."""
    counted = {file.name for file in read_manifest(folder).files}
    for path in (folder / FILES).iterdir():
        if path.name not in counted:
            path.unlink(missing_ok=True)


def _groups(paths: list[Path]) -> Iterator[list[Path]]:
    group: list[Path] = []
    size = 0
    for path in paths:
        group.append(path)
        size += path.stat().st_size
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _fold(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    segments: tuple[str, ...],
    gone: tuple[str, ...],
) -> None:
    manifest = read_manifest(folder)
    path = folder / FILES / f"{manifest.following:08d}.parquet"
    temporary = path.with_name(path.name + TEMPORARY)
    rows = _copy(connection, relation, temporary)
    publish(temporary, path)
    added = ColumnarFile(name=path.name, rows=rows, size=path.stat().st_size, segments=segments)
    write_manifest(folder, manifest.replaced(gone, added))


def _copy(connection: duckdb.DuckDBPyConnection, relation: Relation, target: Path) -> int:
    sql, values = relation
    # Only names from this package are put into the text; every value is bound.
    statement = (
        f"COPY (SELECT {', '.join(COLUMNS)} FROM ({sql}) ORDER BY time, id) TO ? "  # noqa: S608
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    with connection.cursor() as cursor:
        row = cursor.execute(statement, [*values, str(target)]).fetchone()
    return 0 if row is None else int(row[0])


def _remove(paths: list[Path], marks: Marks) -> None:
    for path in paths:
        # One that was replaced meanwhile is newer than what was folded: it stays for the next time.
        if mark(path) == marks.get(segment_name(path)):
            path.unlink(missing_ok=True)
