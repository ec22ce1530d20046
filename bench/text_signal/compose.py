r"""Composes texts from the grammars beside this file: seeded, so that the same texts come out everywhere.

A grammar is a text file. ``[family]`` starts a family of texts, one pattern a line; ``NAME = a | b`` defines a slot.
In a pattern ``(a|b)`` is a choice (an empty one may be left out) and ``{NAME}`` a slot; ``\n`` is a line break.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

GRAMMARS = Path(__file__).parent / "grammar"
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{([A-Z0-9_]+)\}")
_HEADING = re.compile(r"\[([a-z-]+)\]")
_DEFINITION = re.compile(r"([A-Z0-9_]+) = (.*)")


class Grammar:
    """One file: families of patterns, and slots."""

    def __init__(self, path: Path) -> None:
        self.families: dict[str, list[str]] = {}
        self.slots: dict[str, list[str]] = {}
        family = ""
        for raw in path.read_text(encoding="utf-8").splitlines():
            line = raw.strip()
            if not line or line.startswith("//"):
                continue
            if heading := _HEADING.fullmatch(line):
                family = heading[1]
                self.families.setdefault(family, [])
            elif definition := _DEFINITION.fullmatch(line):
                self.slots[definition[1]] = [one.strip() for one in definition[2].split("|")]
            else:
                self.families[family].append(line)

    def one(self, pattern: str, dice: random.Random) -> str:
        """A text of a pattern."""
        while "{" in pattern or "(" in pattern:
            before = pattern
            pattern = _SLOT.sub(lambda slot: dice.choice(self.slots[slot[1]]), pattern)
            pattern = _CHOICE.sub(lambda choice: dice.choice(choice[1].split("|")), pattern)
            if before == pattern:
                break
        return re.sub(
            " {2,}", " ", pattern.replace("\\n", "\n").replace("<<", "(").replace(">>", ")")
        ).strip()

    def texts(self, family: str, count: int, seed: int) -> list[str]:
        """Up to ``count`` different texts of a family, going round its patterns."""
        dice = random.Random(f"{family}:{seed}")
        found: dict[str, None] = {}
        patterns = self.families[family]
        for turn in range(count * 3):
            found.setdefault(self.one(patterns[turn % len(patterns)], dice))
            if len(found) >= count:
                break
        return list(found)


def grammars(use: str) -> dict[str, Grammar]:
    """The grammars for ``train``, ``evaluate`` (looked at while building) or ``confirm`` (not), by name.

    No pattern is in two of them.
    """
    return {path.stem: Grammar(path) for path in sorted((GRAMMARS / use).glob("*.txt"))}
