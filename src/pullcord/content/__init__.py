"""What ships as data: detection rules, incident types, learned weights, schemas."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable


def read(*path: str) -> bytes:
    """The bytes of one shipped file, for example ``read("weights", "pairs.json")``.

    Raises:
        FileNotFoundError: the wheel does not hold it.
    """
    return files(__name__).joinpath(*path).read_bytes()


def walk(folder: str, suffix: str) -> Iterator[tuple[str, bytes]]:
    """Yield ``(path within folder, bytes)`` of shipped files with this suffix, sorted by path."""
    yield from sorted(_below(files(__name__).joinpath(folder), "", suffix))


def _below(folder: Traversable, prefix: str, suffix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        path = f"{prefix}{item.name}"
        if item.is_dir():
            yield from _below(item, f"{path}/", suffix)
        elif item.name.endswith(suffix):
            yield path, item.read_bytes()
