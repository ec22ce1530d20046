"""The owner lock: one process writes a state folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pullcord.store.durable import PRIVATE_FILE
from pullcord.store.errors import StateFolderError, StateLockedError


class OwnerLock:
    """An advisory lock on a file, released by the kernel when its owner dies; the file holds the owner's pid.

    The file stays when the lock is released: removing it would let two owners lock two files of one name.

    Raises:
        StateLockedError: somebody else holds it.
        StateFolderError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
        except OSError as error:
            raise StateFolderError(
                f"cannot make the lock {path}: {error.strerror}",
                "check who owns the folder and whether the disk is full",
            ) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise StateLockedError(
                f"{path.parent} is in use by process {owner}",
                "stop that process, or name another folder with --state",
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next owner in; more than once does no harm."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
