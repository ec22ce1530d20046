"""Small files that another program reads while they are changed: read bounded, replaced whole, one writer at a time.

A reader sees the old bytes or the new. Mode and owner stay. What a crash leaves behind is one hidden file beside,
which the next change removes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pullcord.responders.errors import TargetFileError

LARGEST = 1 << 20
"""Bytes of a file that are read at most."""
_LOCK_SECONDS = 5.0


class Content(NamedTuple):
    """A file as it was read: its real path, its bytes, and what the file system said of it."""

    path: Path
    data: bytes
    status: os.stat_result


def read(path: Path) -> Content:
    """Read a regular file whole.

    Raises:
        TargetFileError: it is not there, cannot be read, is larger than 1 MB, is no plain file, has a second name
            (replacing it would leave the other name behind), or is a link that leads out of its folder.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(path.parent.resolve(strict=True)):
            raise TargetFileError(f"{path}: a link out of its folder", "name the file itself in the settings")
        # Not following: the link could have been put there since. Not blocking: it could be a pipe.
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
                raise TargetFileError(f"{path}: no plain file with one name", "name a plain file")
            data = stream.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "links in a circle"
        raise TargetFileError(f"{path}: cannot be read ({why})", "check the path and the rights") from error
    if len(data) > LARGEST:
        raise TargetFileError(f"{path}: larger than 1 MB", "is this the right file?")
    return Content(real, data, status)


def replace(content: Content, data: bytes) -> None:
    """Give a file new bytes, durably, unless it has changed since it was read.

    Raises:
        TargetFileError: nothing was changed.
        OSError: the file has the new bytes, but it is not known whether they would survive a power cut.
    """
    path = content.path
    temporary = path.with_name(f".{path.name}.pullcord")
    try:
        temporary.unlink(missing_ok=True)
        _write_aside(temporary, data, content.status)
        _refuse_changed(content)
        temporary.replace(path)
    except OSError as error:
        raise TargetFileError(
            f"{path}: cannot be replaced ({error.strerror})", "let Pullcord write file and folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other responders from changing files of the same folder meanwhile.

    The folder itself is locked, so that nothing has to be left in it. Other programs do not see this lock;
    :func:`replace` looks whether they have written.

    Raises:
        TargetFileError: somebody else held it for 5 s, or there is no such folder.
    """
    try:
        handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise TargetFileError(
            f"{path.parent}: cannot be opened ({error.strerror})", "check the path"
        ) from error
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise TargetFileError(f"{path.parent}: locked by another process", "look who holds it")
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in {errno.EAGAIN, errno.EACCES}:
            raise TargetFileError(
                f"the folder cannot be locked ({error.strerror})", "use a local disk"
            ) from error
        return False
    return True


def _write_aside(temporary: Path, data: bytes, like: os.stat_result) -> None:
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        mine = os.fstat(handle)
        if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, stat.S_IMODE(like.st_mode))
        os.fsync(handle)


def _refuse_changed(content: Content) -> None:
    now, then = os.lstat(content.path), content.status
    if (now.st_ino, now.st_mtime_ns, now.st_size) != (then.st_ino, then.st_mtime_ns, then.st_size):
        raise TargetFileError(
            f"{content.path}: somebody else has just changed it", "look at it and try again"
        )
