"""Use case: a state folder from the archive of a backup. A kill at any moment leaves the old state or the new."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pullcord.app.backup.archive import ArchiveError, Limits, Manifest
from pullcord.app.backup.archive_read import read_archive
from pullcord.app.backup.backup import database_problems
from pullcord.app.backup.carry_over import carry_over, carry_stops
from pullcord.app.backup.epoch import NewEpoch, begin_epoch, epoch_of
from pullcord.app.backup.swap import SwapError, exchange, put
from pullcord.model.errors import PullcordError, UsageError
from pullcord.model.noun import Noun
from pullcord.model.times import SECOND, to_rfc3339
from pullcord.store.durable import private_folder, sync_file, sync_folder, write_file
from pullcord.store.errors import StateTooNewError
from pullcord.store.folder import open_folder
from pullcord.store.lock import OwnerLock
from pullcord.store.migrations import HEAD
from pullcord.store.state import DATABASE, LOCK, open_state

_STATE = "state"
_WHOLE = "whole"


class Restored(Noun, frozen=True, kw_only=True):
    """A state that was put in place.

    Attributes:
        archive, sha256: what it came from.
        time: when the backup was made, RFC 3339 UTC.
        state: where it is now.
        before: where the state is now that was there, if one was.
        carried: what else was in that folder and was copied into the new one.
        left: what else was in it and was not copied.
        incidents, events, evidence: how many there are.
        problems: what is damaged, one sentence each; it was so in the backup.
    """

    archive: str
    sha256: str
    time: str
    state: str
    before: str | None
    carried: tuple[str, ...]
    left: tuple[str, ...]
    incidents: int
    events: int
    evidence: int
    epoch: NewEpoch
    problems: tuple[str, ...]


class _Unpacked(Noun, frozen=True, kw_only=True):
    incidents: int
    events: int
    evidence: int
    epoch: NewEpoch
    problems: tuple[str, ...]


def restore(archive: Path, folder: Path, *, now: int, limits: Limits | None = None) -> Restored:
    """Check an archive whole, unpack it aside, begin a new epoch in it, and put it in place in one step.

    A state that is there is moved aside to ``<folder>.before-restore-<time>``, never deleted. Whatever raises left
    everything as it was.

    Args:
        archive: from ``pullcord backup``; anybody may have written it.
        folder: the state folder, there or not.
        now: nanoseconds UTC.
        limits: None = the usual ones.

    Raises:
        UsageError: the archive cannot be opened, or the folder is something else than a state.
        StateLockedError: Pullcord is running on the folder.
        ArchiveError: the archive is no sound backup.
        StateTooNewError: it was made by a newer Pullcord.
        SwapError: the folder cannot be replaced in one step.
    """
    folder = Path(os.path.realpath(folder))
    _refuse(archive, folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _owned(folder) as there, _workplace(folder, now) as work:
        new = private_folder(work / _STATE)
        contents = read_archive(archive, new, limits)
        _check_database(archive, contents.manifest, new)
        unpacked = _begin(new, now, _epoch_there(folder) if there else 0, contents.sha256)
        carried, left = carry_over(folder, new) if there else ((), ())
        _sync(new)
        before = _put_in_place(folder, work, now, there=there)
    return Restored(
        archive=str(archive),
        sha256=contents.sha256,
        time=contents.manifest.time,
        state=str(folder),
        before=None if before is None else str(before),
        carried=carried,
        left=left,
        incidents=unpacked.incidents,
        events=unpacked.events,
        evidence=unpacked.evidence,
        epoch=unpacked.epoch,
        problems=unpacked.problems,
    )


def _refuse(archive: Path, folder: Path) -> None:
    if not archive.is_file():
        raise UsageError(f"{archive}: no such file", "name the archive that `pullcord backup` wrote")
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: no folder", "name the state folder with --state")
    if not (folder / DATABASE).exists() and any(one.name != LOCK for one in folder.iterdir()):
        raise UsageError(
            f"{folder}: holds files and no state of Pullcord", "name the state folder with --state"
        )


@contextmanager
def _owned(folder: Path) -> Iterator[bool]:
    """Hold the owner lock of the folder, if it is there."""
    if not folder.exists():
        yield False
        return
    lock = OwnerLock(folder / LOCK)
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def _workplace(folder: Path, now: int) -> Iterator[Path]:
    """A private folder beside the state, for one restore at a time."""
    work = private_folder(folder.with_name(f".{folder.name}.restoring"))
    lock = OwnerLock(work / LOCK)
    try:
        _clear(work, folder, now)
        yield work
    finally:
        if not _holds_old_state(work):
            shutil.rmtree(work, ignore_errors=True)
        lock.release()


def _clear(work: Path, folder: Path, now: int) -> None:
    """Remove what a killed restore left; a state that it had taken out of its place is kept."""
    if _holds_old_state(work):
        put(work / _STATE, _aside(folder, now))
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def _holds_old_state(work: Path) -> bool:
    """Whether the folders were exchanged and the old one is still here: it is not the one that was unpacked."""
    try:
        said = (work / _WHOLE).read_text(encoding="ascii")
        return said != str((work / _STATE).stat().st_ino)
    except FileNotFoundError:
        return False


def _check_database(archive: Path, manifest: Manifest, new: Path) -> None:
    path = new / DATABASE
    if not path.exists():
        raise ArchiveError(f"{archive}: no sound backup: {DATABASE} is missing", "take another archive")
    if manifest.revision > HEAD:
        raise StateTooNewError(
            f"{archive} has schema {manifest.revision[:20]!r}, this Pullcord knows up to {HEAD}",
            "use the newer Pullcord",
        )
    problems = database_problems(path)
    if problems:
        raise ArchiveError(f"{archive}: no sound backup: {problems[0]}", "take another archive")


def _begin(new: Path, now: int, after: int, source: str) -> _Unpacked:
    with open_folder(new) as store:
        epoch = begin_epoch(store.state, after=after, now=now, source=f"backup sha256 {source}")
        with store.state.transaction() as tx:
            incidents = sum(1 for _ in tx.incidents())
        unpacked = _Unpacked(
            incidents=incidents,
            events=store.lake.count(),
            evidence=len(store.vault.entries()),
            epoch=epoch,
            problems=tuple(store.vault.verify()),
        )
    for copy in new.glob(f"{DATABASE}.before-*"):
        copy.unlink()  # from migrating: the archive itself is the copy
    return unpacked


def _epoch_there(folder: Path) -> int:
    """The epoch of the state that is there; 0 if it cannot be told: a damaged state is why people restore."""
    try:
        with open_state(folder, read_only=True) as state, state.transaction() as tx:
            return epoch_of(tx)
    except PullcordError:
        return 0


def _put_in_place(folder: Path, work: Path, now: int, *, there: bool) -> Path | None:
    """Exchange the unpacked state with the one that is there; returns where that one is now."""
    new = work / _STATE
    if not there:
        put(new, folder)
        sync_folder(folder.parent)
        return None
    # From here on a later restore can tell the two apart, whatever their names are then.
    write_file(work / _WHOLE, str(new.stat().st_ino).encode())
    exchange(new, folder)
    # A stop that was pressed while this ran.
    carry_stops(new, folder)
    before = _aside(folder, now)
    put(new, before)
    sync_folder(folder.parent)
    return before


def _aside(folder: Path, now: int) -> Path:
    stamp = to_rfc3339(now - now % SECOND).replace(":", "").replace("-", "")
    plain = folder.with_name(f"{folder.name}.before-restore-{stamp}")
    for number in range(1, 1_000):
        path = plain if number == 1 else plain.with_name(f"{plain.name}-{number}")
        if not os.path.lexists(path):
            return path
    raise SwapError(f"{plain} and 999 more are there", "remove old ones that nobody needs")


def _sync(new: Path) -> None:
    """Make names and late files durable; unpacked files are already."""
    for top, folders, files in os.walk(new):
        del folders
        here = Path(top)
        if here == new:
            for name in files:
                sync_file(here / name)
        sync_folder(here)
