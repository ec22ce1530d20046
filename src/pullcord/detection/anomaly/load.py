"""Read declarations of anomaly detectors: strictly, each file on its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from pullcord.detection.anomaly.check import check
from pullcord.detection.anomaly.declaration import Declaration
from pullcord.detection.anomaly.errors import AnomalyError

MOST_BYTES = 64 * 1024
MOST_DECLARATIONS = 1_000
_MOST_CAUSE = 200


class Problem(NamedTuple):
    """Why a file is not in use.

    Attributes:
        path: of the file.
        error: what is wrong in it, and what to do.
    """

    path: str
    error: AnomalyError


class Anomalies(NamedTuple):
    """What was read.

    Attributes:
        declarations: those that can be used, in the order of the files.
        problems: one per file that cannot.
    """

    declarations: tuple[Declaration, ...]
    problems: tuple[Problem, ...]


def load_anomalies(items: Iterable[tuple[str, bytes]]) -> Anomalies:
    """Read declarations from files already read. Never raises for what a file holds.

    Args:
        items: (path, YAML bytes of one declaration), as ``content.walk("anomalies", ".yaml")`` gives them.
    """
    found: dict[str, Declaration] = {}
    problems: list[Problem] = []
    for path, data in items:
        try:
            declaration = _read(path, data)
            _fits(path, declaration, found)
        except AnomalyError as error:
            problems.append(Problem(path, error))
        else:
            found[declaration.id] = declaration
    return Anomalies(tuple(found.values()), tuple(problems))


def _fits(path: str, declaration: Declaration, found: Mapping[str, Declaration]) -> None:
    if declaration.id in found:
        raise AnomalyError(
            f"{path}: the id {declaration.id} is taken by another file", "give each its own id"
        )
    if len(found) >= MOST_DECLARATIONS:
        raise AnomalyError(f"{path}: more than {MOST_DECLARATIONS} declarations", "load fewer")


def _read(path: str, data: bytes) -> Declaration:
    if len(data) > MOST_BYTES:
        raise AnomalyError(f"{path}: {len(data)} bytes, the limit is {MOST_BYTES}", "shorten the file")
    # A chain of YAML aliases is harmless here: nothing walks the loaded graph but the strict conversion, which
    # stops at the first value that is not a short text. Deep nesting ends in a RecursionError. Besides its own
    # errors YAML raises what its constructors raise on hostile scalars.
    try:
        raw: Any = msgspec.yaml.decode(data)
        declaration = msgspec.convert(raw, Declaration)
    except (
        msgspec.MsgspecError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        text = str(error).splitlines()
        line = text[0] if text else type(error).__name__
        raise AnomalyError(
            f"{path}: {_printable(line)}", "compare it with docs/reference/anomalies.md"
        ) from error
    check(path, declaration)
    return declaration


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:_MOST_CAUSE])
