"""Extended conditions of temporal correlations: rules joined by ``and``, ``or``, ``not`` and brackets.

An own parser: pySigma's cannot name a rule by its id, and its time on nested brackets is not ours to bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pullcord.detection.correlation.rule import Number, Seen
from pullcord.detection.errors import RuleError

LONGEST = 2_048
DEEPEST = 16
_TOKEN = re.compile(r"\s*(?:([()])|([^\s()]+))")
_CURE = "join names or ids of rules by and, or, not and brackets"

Test = Callable[[int, int], bool]
"""Of the rules that count as seen and of those that were seen at all, as bits."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One node: ``rule`` with a name, or ``and``, ``or``, ``not`` with parts."""

    kind: str
    parts: tuple[Tree, ...] = ()
    name: str = ""

    def names(self) -> tuple[str, ...]:
        """The rules it names, in the order of the text, each once."""
        if self.kind == "rule":
            return (self.name,)
        return tuple(dict.fromkeys(name for part in self.parts for name in part.names()))


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled extended condition.

    Attributes:
        source: as the rule writes it.
        test: of chains and present rules.
    """

    source: str
    test: Test

    @property
    def text(self) -> str:
        """What the rule asks for."""
        return f'"{self.source}"'

    def holds(self, reading: Number | Seen) -> bool:
        """Whether any chain satisfies it; what is negated must not have been seen at all."""
        if not isinstance(reading, Seen):
            return False
        return any(self.test(chain, reading.present) for chain in (*reading.chains, 0))


def parse_expression(text: str) -> Tree:
    """Read an extended condition.

    Raises:
        RuleError: too long, nested too deep, or not such an expression.
    """
    if len(text) > LONGEST:
        raise RuleError(f"condition longer than {LONGEST} characters", "split the rule")
    tokens = [bracket or word for bracket, word in _TOKEN.findall(text)]
    tree, rest = _alternatives(tokens, 0, 0)
    if rest != len(tokens):
        raise RuleError(f"condition: {tokens[rest][:40]!r} was not expected", _CURE)
    return tree


def compile_expression(text: str, tree: Tree, places: Mapping[str, int]) -> Expression:
    """The condition over bits; ``places`` says which bit a rule has."""
    return Expression(" ".join(text.split()), _compile(tree, places, positive=True))


def _alternatives(tokens: list[str], place: int, depth: int) -> tuple[Tree, int]:
    return _joined("or", tokens, place, depth)


def _joined(word: str, tokens: list[str], place: int, depth: int) -> tuple[Tree, int]:
    """Parts joined by one word; ``and`` binds closer than ``or``."""
    below = _one if word == "and" else _all
    part, place = below(tokens, place, depth)
    parts = [part]
    while place < len(tokens) and tokens[place].lower() == word:
        part, place = below(tokens, place + 1, depth)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else Tree(word, tuple(parts))), place


def _all(tokens: list[str], place: int, depth: int) -> tuple[Tree, int]:
    return _joined("and", tokens, place, depth)


def _one(tokens: list[str], place: int, depth: int) -> tuple[Tree, int]:
    """A rule, a negation, or what stands in brackets."""
    if depth > DEEPEST:
        raise RuleError(f"condition nested deeper than {DEEPEST} levels", "simplify the condition")
    if place >= len(tokens):
        raise RuleError("the condition ends too early", _CURE)
    word = tokens[place]
    if word == "(":
        tree, place = _alternatives(tokens, place + 1, depth + 1)
        if place >= len(tokens) or tokens[place] != ")":
            raise RuleError("condition: a bracket is not closed", _CURE)
        return tree, place + 1
    if word.lower() == "not":
        tree, place = _one(tokens, place + 1, depth + 1)
        return Tree("not", (tree,)), place
    if word == ")" or word.lower() in {"and", "or"}:
        raise RuleError(f"condition: {word!r} was not expected", _CURE)
    return Tree("rule", name=word), place + 1


def _compile(tree: Tree, places: Mapping[str, int], *, positive: bool) -> Test:
    if tree.kind == "rule":
        bit = 1 << places[tree.name]
        if positive:
            return lambda chain, _: bool(chain & bit)
        return lambda _, present: bool(present & bit)
    if tree.kind == "not":
        inner = _compile(tree.parts[0], places, positive=not positive)
        return lambda chain, present: not inner(chain, present)
    tests = tuple(_compile(part, places, positive=positive) for part in tree.parts)
    if tree.kind == "and":
        return lambda chain, present: all(test(chain, present) for test in tests)
    return lambda chain, present: any(test(chain, present) for test in tests)
