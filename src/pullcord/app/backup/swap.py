"""Puts one folder in the place of another in a single step of the kernel, so that a kill finds one or the other."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from pullcord.model.errors import PullcordError

_HERE = -100  # AT_FDCWD: paths are taken as open() takes them
_NOREPLACE, _EXCHANGE = 1, 2  # linux/fs.h, RENAME_NOREPLACE and RENAME_EXCHANGE


class SwapError(PullcordError):
    """The place that a state should be restored to does not allow it."""

    code = "PC-0302"


def exchange(one: Path, other: Path) -> None:
    """Give two folders on one file system each other's name (renameat2(2), RENAME_EXCHANGE).

    Raises:
        SwapError: the file system cannot, or one is a mount point; nothing was changed.
    """
    _rename(one, other, _EXCHANGE)


def put(folder: Path, place: Path) -> None:
    """Give a folder a name that nothing has yet (renameat2(2), RENAME_NOREPLACE).

    Raises:
        SwapError: something has the name, or the file system cannot; nothing was changed.
    """
    _rename(folder, place, _NOREPLACE)


def _rename(source: Path, target: Path, flags: int) -> None:
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise SwapError(
            f"{target}: this system cannot swap folders in one step", "restore on Linux with glibc"
        )
    if call(_HERE, os.fsencode(source), _HERE, os.fsencode(target), flags) == 0:
        return
    number = ctypes.get_errno()
    if number == errno.EEXIST:
        raise SwapError(f"{target} has appeared meanwhile", "look what it is, then restore again")
    raise SwapError(
        f"{target} cannot be put in place ({os.strerror(number)})",
        "restore to a folder that is not there yet, on a local disk, and not to a mount point itself",
    )
