"""Result files: written whole or not at all, readable for others (state and evidence are not)."""

from __future__ import annotations

from pathlib import Path

from pullcord.store.durable import write_file

_FOR_ALL = 0o644


def write_whole(path: Path, data: bytes) -> None:
    """Write a result file and its folders; a crash at any moment leaves the old bytes or the new, never a part.

    Raises:
        OSError: the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, data, _FOR_ALL)
