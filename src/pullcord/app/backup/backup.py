"""Use case: one consistent archive of a state folder, while Pullcord runs or not."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pullcord import __version__
from pullcord.app.backup.archive import SCHEMA, Manifest, kind_of
from pullcord.app.backup.archive_read import read_archive
from pullcord.app.backup.archive_write import ArchiveWriter
from pullcord.app.backup.backup_parts import add_file, add_lake, add_vault
from pullcord.app.settings import NAME as SETTINGS
from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun
from pullcord.model.times import to_rfc3339
from pullcord.store.durable import private_folder, publish
from pullcord.store.errors import CorruptRowError, StateTooNewError
from pullcord.store.folder import LAKE, VAULT
from pullcord.store.ledger import read_head
from pullcord.store.lock import OwnerLock
from pullcord.store.migrations import HEAD
from pullcord.store.state import DATABASE, LOCK, errors_explained

_ARCHIVE = "archive"
# A trigger in a forged archive could undo what a restore changes.
_PROGRAMS = "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') LIMIT 1"


class Backup(Noun, frozen=True, kw_only=True):
    """An archive that was written and read back.

    Attributes:
        file: where it is.
        size: bytes.
        sha256: of the archive.
        time: when it was begun, RFC 3339 UTC.
        revision: of the schema of the state.
        files: how many of each kind: state, settings, vault, lake.
        problems: what was found damaged in the state folder, one sentence each.
    """

    file: str
    size: int
    sha256: str
    time: str
    revision: str
    incidents: int
    evidence: int
    files: dict[str, int]
    problems: tuple[str, ...]


def back_up(state: Path, out: Path, *, now: int, force: bool = False) -> Backup:
    """Write an archive of a state folder and read it back; ``out`` is there whole or not at all.

    Args:
        state: the folder; its owner may be running.
        out: the archive, made for its owner only (0600).
        now: nanoseconds UTC.
        force: replace ``out``.

    Raises:
        UsageError: ``out`` is there, or its folder is not.
        StateTooNewError: the state was written by a newer Pullcord.
        CorruptRowError: the state is damaged beyond copying.
        ArchiveError: the archive does not read back, or the lake misses files.
    """
    out = out.absolute()
    _refuse(out, force=force)
    with _workplace(out) as folder:
        archive = folder / _ARCHIVE
        handle = os.open(archive, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            manifest, problems = _write(state, folder, stream, now)
        contents = read_archive(archive)
        publish(archive, out)
    return Backup(
        file=str(out),
        size=contents.size,
        sha256=contents.sha256,
        time=manifest.time,
        revision=manifest.revision,
        incidents=manifest.incidents,
        evidence=manifest.evidence,
        files=dict(Counter(kind_of(member.name) for member in manifest.members)),
        problems=tuple(problems),
    )


def database_problems(path: Path) -> list[str]:
    """What is wrong with a database file, at most a dozen sentences."""
    from pullcord.store.sqlite import make_engine

    engine = make_engine(path, read_only=True)
    try:
        with errors_explained(path), engine.connect() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(10)")]
            orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            program = connection.exec_driver_sql(_PROGRAMS).fetchone()
    except CorruptRowError as error:
        return [f"The database is damaged: {error.cause}."]
    finally:
        engine.dispose()
    found = [] if rows == ["ok"] else [f"The database is damaged: {row[:200]}." for row in rows]
    if orphan is not None:
        found.append("Rows of the database name incidents that are not there.")
    if program is not None:
        found.append("The database holds a trigger or a view, which Pullcord never makes.")
    return found


def _write(state: Path, folder: Path, stream: BinaryIO, now: int) -> tuple[Manifest, list[str]]:
    from pullcord.store.schema import back_up as copy_database

    # Before the copy: what is no database is told apart from what cannot be copied.
    _counts(state / DATABASE)
    copy = copy_database(state / DATABASE, folder / DATABASE)
    revision, incidents = _counts(copy)
    problems = database_problems(copy)
    writer = ArchiveWriter(stream)
    add_file(writer, copy, DATABASE)
    # The head is read before: what the manifest counts is then in the ledger.
    head = read_head(state / VAULT)
    problems += add_vault(writer, state / VAULT)
    add_lake(writer, state / LAKE)
    add_file(writer, state / SETTINGS, SETTINGS)
    manifest = Manifest(
        schema=SCHEMA,
        version=__version__,
        time=to_rfc3339(now),
        revision=revision,
        incidents=incidents,
        evidence=0 if head is None else head.count,
        members=tuple(writer.members),
    )
    writer.finish(manifest)
    return manifest, problems


def _counts(path: Path) -> tuple[str, int]:
    """Schema revision and number of incidents of a database.

    An older schema is no hindrance: the time before an update is when a backup is wanted most.
    """
    from pullcord.store.schema import revision
    from pullcord.store.sqlite import make_engine

    engine = make_engine(path, read_only=True)
    try:
        with errors_explained(path), engine.connect() as connection:
            found = revision(connection)
            if found is None:
                raise UsageError(f"{path}: no state of Pullcord", "check --state")
            if found > HEAD:
                raise StateTooNewError(
                    f"{path} has schema {found}, this Pullcord knows up to {HEAD}", "use the newer Pullcord"
                )
            rows = connection.exec_driver_sql("SELECT count(*) FROM incidents").scalar()
            return found, int(rows or 0)
    finally:
        engine.dispose()


def _refuse(out: Path, *, force: bool) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent}: no such folder", "make it, or name another --out")
    if out.is_dir():
        raise UsageError(f"{out}: a folder", "name a file with --out")
    if not force and os.path.lexists(out):
        raise UsageError(f"{out}: is there already", "name another --out, or replace it with --force")


@contextmanager
def _workplace(out: Path) -> Iterator[Path]:
    """A private folder beside the archive; what a killed backup left there is removed."""
    folder = private_folder(out.with_name(f".{out.name}.backup"))
    lock = OwnerLock(folder / LOCK)
    try:
        for leftover in folder.iterdir():
            if leftover.name != LOCK:
                leftover.unlink()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
