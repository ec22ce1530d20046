"""Files and folders that survive a power cut: written aside, synced, renamed, and the folder synced too."""

from __future__ import annotations

import os
from pathlib import Path

from pullcord.store.errors import StateFolderError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
TEMPORARY = ".tmp"
"""Ending of files that are being written; whoever owns the folder may remove them at start."""


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter, and return it; one that is there is closed to others.

    Raises:
        StateFolderError: it cannot be made, is not a folder, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        # An old umask or a copy may have left it open; evidence must not be readable by other accounts.
        if path.stat().st_mode & 0o777 != PRIVATE_FOLDER:
            path.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise StateFolderError(
            f"cannot use the folder {path}: {error.strerror}",
            "choose another folder with --state, or make this one yours and writable",
        ) from error
    return path


def sync_folder(path: Path) -> None:
    """Make renames and removals in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write or replace a file whole and durably: readers see the old bytes or the new, never a mixture."""
    temporary = path.with_name(path.name + TEMPORARY)
    # A leftover of a crash may be write-protected: remove it instead of opening it.
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def publish(temporary: Path, path: Path) -> None:
    """Give a file that somebody else wrote aside its name, durably and for its owner only."""
    temporary.chmod(PRIVATE_FILE)
    sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file written by somebody else durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
