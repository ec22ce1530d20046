"""Where a running Pullcord listens: ``<state>/endpoint``, so that commands on the same machine find it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pullcord.model.noun import Noun
from pullcord.store.durable import write_file

NAME = "endpoint"
_LARGEST = 4_096


class Endpoint(Noun, frozen=True, kw_only=True):
    """Address and process of a running Pullcord."""

    url: str
    pid: int


def write_endpoint(state: Path, url: str) -> None:
    """Say that this process listens at ``url``; readable for its owner only.

    Raises:
        OSError: the file cannot be written.
    """
    write_file(state / NAME, msgspec.json.encode(Endpoint(url=url, pid=os.getpid())) + b"\n")


def remove_endpoint(state: Path) -> None:
    """Say that this process no longer listens; what another process has written stays."""
    found = _read(state / NAME)
    if found is not None and found.pid == os.getpid():
        (state / NAME).unlink(missing_ok=True)


def read_endpoint(state: Path) -> Endpoint | None:
    """Where Pullcord listens; None if it does not run (nobody wrote the file, its process is gone, or it is garbage).

    A file that somebody else could have written counts as garbage: the token of a person is sent there.
    """
    found = _read(state / NAME)
    return found if found is not None and _alive(found.pid) else None


def _read(path: Path) -> Endpoint | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            kept = os.fstat(file.fileno())
            if kept.st_uid != os.geteuid() or kept.st_mode & 0o022:
                return None
            found = msgspec.json.decode(file.read(_LARGEST), type=Endpoint)
        address = urlsplit(found.url)
    except (OSError, ValueError):
        return None
    return found if address.scheme in {"http", "https"} and address.hostname and found.pid > 0 else None


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has collected yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        if stat.rpartition(")")[2].split()[:1] == ["Z"]:
            return False
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
