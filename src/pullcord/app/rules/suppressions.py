"""Read a file of suppressions: strict, bounded, every error with file, line, column and a cure."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from pullcord.app.yaml_tree import MAX_BYTES, Place, Tree, TreeError, load
from pullcord.detection.suppress import Flaw, SuppressionError, Suppressions
from pullcord.model.errors import UsageError

_AT = re.compile(r" - at `(?P<path>\$[^`]*)`")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]*)`")
_MOST_SHOWN = 20
_WHERE = "see docs/guide/tuning.md for what each field holds"


class SuppressionsFileError(UsageError):
    """The file cannot be used. The cause lists up to 20 problems, one per line."""

    code = "PC-0105"


def read_suppressions(path: Path, now: int) -> Suppressions:
    """Read a file (YAML, schema ``pullcord.suppressions/1``).

    Args:
        now: nanoseconds UTC.

    Raises:
        SuppressionsFileError: it cannot be opened, or is not what :func:`parse_suppressions` takes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SuppressionsFileError(f"{path}: {reason}", "give the path of a readable file") from error
    return parse_suppressions(data, str(path), now)


def parse_suppressions(data: bytes, name: str, now: int) -> Suppressions:
    """Read the bytes of a file; ``name`` is what errors call it.

    Raises:
        SuppressionsFileError: bad YAML, unknown, missing or wrong fields, dates too far ahead, patterns too wide …;
            each as ``name:line:column: what; cure``.
    """
    try:
        tree = load(data)
    except TreeError as error:
        raise SuppressionsFileError(f"{_at(name, error.place)}: {error.cause}", error.cure) from error
    try:
        return Suppressions.load(tree.value, now)
    except msgspec.ValidationError as error:
        raise _field_error(str(error), tree, name) from error
    except SuppressionError as error:
        raise _flaws_error(error.flaws, tree, name) from error


def _field_error(message: str, tree: Tree, name: str) -> SuppressionsFileError:
    at, unknown = _AT.search(message), _UNKNOWN.search(message)
    path = at["path"] if at else "$"
    place = tree.places.get(f"{path}!{unknown['field']}") if unknown else None
    what = _AT.sub("", message)
    cure = "remove it or correct its name" if unknown else _WHERE
    return SuppressionsFileError(f"{_at(name, place or tree.place(path))}: {what}", cure)


def _flaws_error(flaws: tuple[Flaw, ...], tree: Tree, name: str) -> SuppressionsFileError:
    lines = [f"{_at(name, tree.place(one.path))}: {one.what}; {one.cure}" for one in flaws]
    more = len(lines) - _MOST_SHOWN
    tail = [f"… and {more} more"] if more > 0 else []
    return SuppressionsFileError("\n".join(lines[:_MOST_SHOWN] + tail), "correct the lines named")


def _at(name: str, place: Place) -> str:
    return f"{name}:{place[0]}:{place[1]}"
