"""Texts that whatever matches a regular expression must contain, for the literal gate.

Read off Python's own parse of the pattern. RE2 reads nearly the same language; where the two could differ, nothing is
said. Only ASCII letters are used, since the two fold the case of others in their own ways.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined]  # the only parser there is; checked by tests
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_Parsed = Iterable[tuple[Any, Any]]

# POSIX classes, and what RE2 knows and Python reads as something else.
_FOREIGN = re.compile(r"\[\[?[:.=]|\\[QECzpPC]")
_LONGEST_PATTERN = 4_096


def required(pattern: str, flags: str) -> tuple[tuple[str, ...], ...]:
    """Sets of texts, case-folded: whatever the pattern matches contains at least one of each set.

    Args:
        flags: of ``i``, ``m``, ``s``.
    """
    if _FOREIGN.search(pattern) or len(pattern) > _LONGEST_PATTERN:
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = parser.parse(f"(?{flags}){pattern}" if flags else pattern)
    except (re.error, RecursionError, OverflowError, Warning):
        return ()
    found: list[tuple[str, ...]] = []
    _walk(parsed, found)
    return tuple(found)


def _walk(parsed: _Parsed, found: list[tuple[str, ...]]) -> None:
    """Collect what cannot be left out: runs of characters, and alternatives that all have one."""
    run: list[str] = []
    for code, argument in parsed:
        if code is codes.LITERAL and _plain(argument):
            run.append(chr(argument))
            continue
        _end(run, found)
        if code is codes.SUBPATTERN:
            _walk(argument[3], found)
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and argument[0] >= 1:
            _walk(argument[2], found)
        elif code is codes.BRANCH:
            _branch(argument[1], found)
    _end(run, found)


def _branch(branches: Iterable[_Parsed], found: list[tuple[str, ...]]) -> None:
    """One set: of each branch the longest text; nothing if a branch has none."""
    longest: list[str] = []
    for branch in branches:
        inner: list[tuple[str, ...]] = []
        _walk(branch, inner)
        single = [texts[0] for texts in inner if len(texts) == 1]
        if not single:
            return
        longest.append(max(single, key=len))
    found.append(tuple(dict.fromkeys(longest)))


def _plain(code: int) -> bool:
    # A half surrogate pair is searched as "?".
    return code < 128 and code != ord("?")  # noqa: PLR2004  (ASCII)


def _end(run: list[str], found: list[tuple[str, ...]]) -> None:
    if run:
        found.append(("".join(run).casefold(),))
        run.clear()
