"""The state: one SQLite file in a private folder, written by one process, read by any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, StatementError

from pullcord.store.durable import PRIVATE_FILE, private_folder
from pullcord.store.errors import (
    CorruptRowError,
    ReadOnlyError,
    StateBusyError,
    StateFolderError,
    UnknownIncidentError,
    UnstorableError,
)
from pullcord.store.lock import OwnerLock
from pullcord.store.schema import check, migrate
from pullcord.store.sqlite import Journal, make_engine, make_workflow_engine
from pullcord.store.transaction import SqlTransaction

DATABASE = "state.sqlite"
LOCK = "lock"


class SqlState:
    """Implements ``pullcord.ports.State`` on SQLite; made by :func:`open_state`. Threads may share it."""

    def __init__(self, path: Path, engine: Engine, lock: OwnerLock | None) -> None:
        self._path = path
        self._engine = engine
        self._lock = lock

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """A transaction: commits when the block ends, rolls back when it raises. One writer at a time.

        Raises:
            StateBusyError: another transaction held the state for 30 s (a nested one does).
            UnknownIncidentError: something was put for an incident that is not there.
            UnstorableError: a value cannot be kept.
            ReadOnlyError: the state was opened for reading.
            CorruptRowError: the file is damaged.
        """
        with errors_explained(self._path), self._engine.begin() as connection:
            yield SqlTransaction(connection)

    def workflow_engine(self) -> Engine:
        """An SQLAlchemy engine on the same file for the workflow library; whoever asks disposes of it."""
        return make_workflow_engine(self._path)

    def close(self) -> None:
        """Close the file and release the folder; more than once does no harm."""
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_state(folder: Path, *, read_only: bool = False, journal: Journal | None = None) -> SqlState:
    """Open the state in a folder, making and migrating it as needed.

    Args:
        folder: made with mode 0700 if it is not there.
        read_only: take no lock and change nothing; works while the owner runs.
        journal: see ``pullcord.store.sqlite.choose_journal``.

    Raises:
        StateLockedError: another process owns the folder.
        StateTooNewError: written by a newer Pullcord.
        StateFolderError: the folder cannot be used, or (read-only) there is no state of this version in it.
        UnfixedWalError: WAL was asked for on a library that can lose commits in it.
    """
    path = folder / DATABASE
    if read_only:
        return _open_for_reading(path)
    private_folder(folder)
    lock = OwnerLock(folder / LOCK)
    engine = None
    try:
        engine = make_engine(path, journal=journal)
        with errors_explained(path):
            path.touch(PRIVATE_FILE)
            migrate(engine, path)
    except BaseException:
        if engine is not None:
            engine.dispose()
        lock.release()
        raise
    return SqlState(path, engine, lock)


def _open_for_reading(path: Path) -> SqlState:
    if not path.is_file():
        raise StateFolderError(
            f"there is no state at {path}", "check --state, or run Pullcord once to make one"
        )
    engine = make_engine(path, read_only=True)
    try:
        with errors_explained(path):
            check(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return SqlState(path, engine, None)


@contextmanager
def errors_explained(path: Path) -> Iterator[None]:
    """Turn the errors of the database at ``path`` into errors that say what to do."""
    try:
        yield
    except IntegrityError as error:
        raise UnknownIncidentError(
            f"a row names an incident that is not in {path}", "put the incident in the same transaction"
        ) from error
    except OperationalError as error:
        raise _operational(path, str(error.orig)) from error
    except DatabaseError as error:
        raise CorruptRowError(
            f"{path} is damaged: {error.orig}", "restore it from a backup; keep the damaged file"
        ) from error
    except (StatementError, UnicodeEncodeError, OverflowError) as error:
        why = error.orig if isinstance(error, StatementError) else error
        raise UnstorableError(f"a value cannot be kept: {why}", "drop the field it came from") from error


def _operational(path: Path, why: str) -> StateBusyError | ReadOnlyError | StateFolderError:
    if "readonly" in why:
        return ReadOnlyError(f"{path} was opened for reading", "open the state as its owner to write")
    if "locked" in why:
        return StateBusyError(f"{path} was busy for too long: {why}", "do not nest transactions; try again")
    return StateFolderError(
        f"{path} cannot be used: {why}", "check the disk, its space and who owns the file"
    )
