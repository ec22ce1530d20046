"""SQL over the lake: columnar files and segments as one relation; DuckDB reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullcord.store.manifest import ColumnarFile, read_manifest
from pullcord.store.segments import SUFFIX, segment_name

if TYPE_CHECKING:
    import duckdb

FILES = "files"
SEGMENTS = "segments"
TEMPORARY_FOLDER = "tmp"
MEMORY_LIMIT = "192MB"
THREADS = 2

Relation = tuple[str, list[Any]]
"""SQL text without any value in it, and the values for its question marks."""

_HOT = ("id", "time", "asset", "actor", "site", "trace_id", "span_id", "product", "category", "service")
COLUMNS = (*_HOT, "segment", "body")


def connect(folder: Path, *, spill: bool) -> duckdb.DuckDBPyConnection:
    """An empty database in memory that can reach the files under ``folder`` and nothing else, no network.

    Args:
        folder: the lake, absolute.
        spill: whether sorting may write to ``folder/tmp``.
    """
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            # Order is always asked for; keeping that of the input costs memory.
            "preserve_insertion_order": False,
        },
    )
    connection.execute("SET temp_directory = ?", [str(folder / TEMPORARY_FOLDER) if spill else ""])
    connection.execute("SET allowed_directories = ?", [[f"{folder}/"]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def everything(folder: Path) -> Relation | None:
    """The relation of all events that count now; None if there are no files.

    Columns: ``COLUMNS`` (``time`` in nanoseconds UTC, ``body`` the event as JSON) and ``source``, which sorts
    in the order in which copies of an event were kept.
    """
    # Segments first: one that is compacted in between is then found in the manifest.
    segments = segment_files(folder)
    manifest = read_manifest(folder)
    live = {segment_name(path) for path in segments}
    parts = [from_segments(segments)] if segments else []
    if manifest.files:
        parts.append(from_files(folder, manifest.files, live))
    if not parts:
        return None
    return " UNION ALL ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def segment_files(folder: Path) -> list[Path]:
    """The segment files of a lake by name."""
    return sorted((folder / SEGMENTS).glob(f"*{SUFFIX}"))


def from_files(folder: Path, files: Iterable[ColumnarFile], live: set[str]) -> Relation:
    """The relation of the rows of columnar files that count, given the names of live segments."""
    paths, masked_files, masked_segments = [], [], []
    for file in files:
        path = str(folder / FILES / file.name)
        paths.append(path)
        for name in (*file.dropped, *(name for name in file.segments if name in live)):
            masked_files.append(path)
            masked_segments.append(name)
    sql = (
        f"SELECT {', '.join(COLUMNS)}, filename || '#' || segment AS source "  # noqa: S608  (own names)
        "FROM read_parquet(?, filename = true)"
    )
    values: list[Any] = [paths]
    if masked_files:
        sql += " WHERE (filename, segment) NOT IN (SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]))"
        values += [masked_files, masked_segments]
    return sql, values


def from_segments(paths: Iterable[Path]) -> Relation:
    """The relation of the events in segment files."""
    sql = (
        f"SELECT {', '.join(_HOT)}, "  # noqa: S608  (own names)
        "parse_filename(filename, true) AS segment, body, filename || '#' AS source "
        "FROM read_parquet(?, filename = true)"
    )
    return sql, [[str(path) for path in paths]]
