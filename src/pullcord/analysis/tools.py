"""What a tool does, told from its name: the verbs of common tools, in groups that mean nearly the same.

A name is only a hint: a tool with no known verb stays neutral, and reading can be how data leaves.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


def words_of(text: str) -> frozenset[str]:
    """A blank-separated list as a set."""
    return frozenset(text.split())


_BORDER = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MAX_NAME = 200
_READ = words_of(
    "get read list search find fetch lookup look query view show check load download browse open visit "
    "describe count retrieve inspect select scan head tail cat status history current ask summarize "
    "summarise calculate compute compare validate verify recommend"
)
_GROUPS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        (
            "send email mail message post write reply respond notify tell text forward share publish submit upload "
            "push comment dm broadcast contact inform announce"
        ),
        (
            "invite add join enroll assign grant allow share include subscribe register attach append insert put "
            "participant"
        ),
        "create add make schedule book reserve plan new generate set open start launch event appointment",
        "delete remove drop cancel erase clear purge kick ban revoke discard unsubscribe uninvite archive close",
        (
            "update change edit modify set reschedule rename move adjust patch replace reset correct alter configure "
            "append write increase decrease"
        ),
        "pay transfer send deposit withdraw refund donate wire payment transaction money",
        # A noun too (work orders), so it stands for little else.
        "order buy purchase",
        (
            "run execute call invoke start stop restart deploy install apply trigger enable disable exec eval shell "
            "command control actuate switch approve reject confirm acknowledge merge commit save store import export"
        ),
    )
)
_LOOK = words_of(
    "get read list search find fetch look view show check load download browse open visit go see "
    "summarize summarise click follow access"
)
_WRITE = frozenset().union(*_GROUPS) - {"event", "appointment", "participant", "new", "money", "plan"} - _READ


class Effect(StrEnum):
    """What a call of the tool does to the world, as far as its name tells."""

    READ = "read"
    WRITE = "write"
    UNKNOWN = "unknown"


class Tool(NamedTuple):
    """A tool's name, read.

    Attributes:
        words: its words, casefolded.
        verbs: words that mean nearly the same as its verb, itself among them; empty if unknown.
        objects: its words that are no known verb and longer than two letters.
    """

    effect: Effect
    words: tuple[str, ...]
    verbs: frozenset[str]
    objects: frozenset[str]


@lru_cache(maxsize=4096)
def tool(name: str) -> Tool:
    """Read a tool's name (``send_email``, ``sendEmail``, ``mail.send``).

    The first known verb decides, wherever it stands; a verb that may be a thing too (``post``, ``message``) counts
    only where no other is found.
    """
    words = tuple(word.casefold() for word in _BORDER.split(name[:_MAX_NAME]) if word)
    known = [word for word in words if word in _READ or word in _WRITE]
    verb = known[0] if known else None
    effect = Effect.UNKNOWN if verb is None else Effect.READ if verb in _READ else Effect.WRITE
    verbs = frozenset[str]() if verb is None else frozenset({verb}).union(*(g for g in _GROUPS if verb in g))
    objects = frozenset(word for word in words if word != verb and len(word) > 2)  # noqa: PLR2004
    return Tool(effect, words, verbs | _LOOK if effect is Effect.READ else verbs, objects)


def speaks_of(words: frozenset[str], text: frozenset[str]) -> int:
    """How many of the words stand in a text, given as its words; endings may differ (``sends``, ``invited``)."""
    return sum(word in text or any(_inflects(word, other) for other in text) for word in words)


_STEM = 5
_SHORTEST = 4
_ENDING = 3


def _inflects(word: str, other: str) -> bool:
    """Whether the other is the word with another ending; too short a word would match by chance."""
    if len(word) < _SHORTEST or len(other) > len(word) + _ENDING:
        return False
    return other.startswith(word[: min(_STEM, len(word))])
