"""The place of the socket: a folder that only the writer, and a group it names, can enter."""

from __future__ import annotations

import contextlib
import grp
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from pullcord.otwriter.errors import SocketError

_CURE = "name another place for `socket`"
_PROBE_SECONDS = 1.0
# Rights that nobody but the owner may have; and the same where a group may come in.
_ALONE, _WITH_GROUP = 0o077, 0o027


@contextlib.contextmanager
def private_socket(path: Path, group: str | None = None) -> Iterator[socket.socket]:
    """A bound UNIX socket that this account, and ``group`` if given, can reach; removed at the end.

    Raises:
        SocketError: its folder is open to others, something else is in its place, or there is no such group.
    """
    number = _number(group)
    _make_room(path, number)
    bound = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        bound.bind(str(path))
        if number is not None:
            os.chown(path, -1, number)
            path.chmod(0o660)
    except OSError as error:
        bound.close()
        raise SocketError(f"{path}: {error.strerror or error}", _CURE) from error
    finally:
        os.umask(before)
    try:
        yield bound
    finally:
        bound.close()
        path.unlink(missing_ok=True)


def _number(group: str | None) -> int | None:
    if group is None:
        return None
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise SocketError(f"there is no group {group!r}", "make it, or correct `group`") from error


def _make_room(path: Path, group: int | None) -> None:
    folder = path.parent
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            if group is not None:
                os.chown(folder, -1, group)
                folder.chmod(0o750)
        found = folder.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise SocketError(f"{folder}: no folder", _CURE)
        if found.st_mode & (_ALONE if group is None else _WITH_GROUP) or found.st_uid != os.geteuid():
            mode = "700" if group is None else "750"
            raise SocketError(
                f"{folder}: open to other accounts", f"chmod {mode} {folder}, or name a private one"
            )
        _clear(path)
    except OSError as error:
        raise SocketError(f"{path}: {error.strerror or error}", _CURE) from error


def _clear(path: Path) -> None:
    """Remove a socket that a crash left over; anything else stays."""
    if not os.path.lexists(path):
        return
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise SocketError(f"{path}: something else is there", "move it away")
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(ConnectionRefusedError):
        probe.settimeout(_PROBE_SECONDS)
        probe.connect(str(path))
        raise SocketError(f"{path}: somebody answers there", "stop the other OT writer")
    path.unlink()
