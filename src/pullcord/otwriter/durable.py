"""A file that survives a power cut whole: written aside, synced, renamed, and the folder synced too."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_FILE = 0o600
_TEMPORARY = ".tmp"


def write_file(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write or replace a file: readers see the old bytes or the new, never a mixture.

    Raises:
        OSError: it cannot be written; the old bytes are as they were.
    """
    temporary = path.with_name(path.name + _TEMPORARY)
    # A leftover of a crash may be write-protected, or a link that somebody else put there: never open it.
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_file(path: Path, largest: int) -> bytes:
    """The bytes of a file of at most ``largest`` bytes.

    Raises:
        OSError: it cannot be read.
        ValueError: it is larger; the message names the limit.
    """
    with path.open("rb") as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise ValueError(f"larger than {largest} bytes")
    return data
