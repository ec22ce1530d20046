"""SQLite as Pullcord needs it: a library known to be correct, full sync, transactions that begin at once.

Why not the system's library: in WAL mode SQLite 3.7.0 to 3.51.2 can lose committed writes when a database has
two or more connections (sqlite.org/wal.html, "the WAL-reset bug"); fixed in 3.51.3 and the back-ports 3.44.6
and 3.50.7. ``pysqlite3`` brings its own library.
"""

from __future__ import annotations

import platform
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event

from pullcord.store.errors import UnfixedWalError

BUSY_TIMEOUT_MS = 30_000
_FIXED = (3, 51, 3)
_BACKPORTS = {(3, 44): 6, (3, 50): 7}


class Journal(StrEnum):
    """How SQLite makes a commit durable."""

    WAL = "WAL"
    ROLLBACK = "DELETE"


def library_version() -> tuple[int, ...]:
    """The version of the SQLite library in use, for example ``(3, 53, 4)``."""
    version: tuple[int, ...] = pysqlite3.dbapi2.sqlite_version_info
    return version


def wal_is_fixed(version: tuple[int, ...]) -> bool:
    """Whether a library of this version keeps every commit in WAL mode."""
    if version[:3] >= _FIXED:
        return True
    patch = _BACKPORTS.get((version[0], version[1]))
    return patch is not None and version[2] >= patch


def supported_platform() -> bool:
    """Whether WAL was tried on this platform: Linux x86-64 with glibc."""
    return sys.platform == "linux" and platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"


def refuse_unfixed_wal(version: tuple[int, ...]) -> None:
    """Raise if WAL must not be used on a library of this version.

    Raises:
        UnfixedWalError: always with the version and the way out.
    """
    if not wal_is_fixed(version):
        raise UnfixedWalError(
            f"SQLite {'.'.join(map(str, version))} can lose commits in WAL mode",
            "install pysqlite3 with SQLite 3.51.3 or newer, or leave the journal to Pullcord",
        )


def choose_journal(asked: Journal | None = None) -> Journal:
    """The journal to use: the one asked for, else WAL where it is known to be correct.

    Raises:
        UnfixedWalError: WAL was asked for on a library that can lose commits in it.
    """
    version = library_version()
    if asked is Journal.WAL:
        refuse_unfixed_wal(version)
    if asked is not None:
        return asked
    return Journal.WAL if wal_is_fixed(version) and supported_platform() else Journal.ROLLBACK


def make_engine(path: Path, *, read_only: bool = False, journal: Journal | None = None) -> Engine:
    """An engine on one database file.

    A writing engine begins every transaction with ``BEGIN IMMEDIATE``: a deferred one that reads first and
    writes later can fail half-way when another writer came between. pysqlite's own implicit begin is switched
    off (SQLAlchemy, "Enabling Non-Legacy SQLite Transactional Modes with the sqlite3 or aiosqlite driver").

    Raises:
        UnfixedWalError: see :func:`choose_journal`.
    """
    mode = choose_journal(journal)
    target = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> Any:  # noqa: ANN401  (the driver ships no types)
        return pysqlite3.dbapi2.connect(
            target, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False
        )

    # The address names no file, so SQLAlchemy would take it for memory and share one connection in a thread.
    engine = create_engine("sqlite://", module=pysqlite3.dbapi2, creator=connect, poolclass=QueuePool)

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver ships no types)
        connection.isolation_level = None
        if not read_only:
            connection.execute(f"PRAGMA journal_mode = {mode.value}")
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # A hostile database file must not run code through views or triggers (sqlite.org/security.html).
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)


def make_workflow_engine(path: Path) -> Engine:
    """An engine on the same file for a library that begins its own transactions, as pysqlite does by default.

    ``BEGIN IMMEDIATE`` comes from the driver here, before the first write, because the library's migrations begin by
    themselves. Same library, same full sync, same busy timeout as :func:`make_engine`.
    """
    mode = choose_journal()

    def connect() -> Any:  # noqa: ANN401  (the driver ships no types)
        connection = pysqlite3.dbapi2.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,
            isolation_level="IMMEDIATE",
        )
        connection.execute(f"PRAGMA journal_mode = {mode.value}")
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    # No pool: that library gives connections back with open cursors. Handed on to other threads, they crashed the
    # process within the driver whenever hundreds of workflows were taken up at once; closed instead, they do not.
    return create_engine("sqlite://", module=pysqlite3.dbapi2, creator=connect, poolclass=NullPool)
