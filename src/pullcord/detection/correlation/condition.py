"""Conditions of correlations on a number: one comparison, or two that make a range."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pullcord.detection.correlation.rule import Number, Seen
from pullcord.detection.errors import RuleError

LARGEST = 10**18
_COMPARE: dict[str, tuple[Callable[[Number, Number], bool], str]] = {
    "gt": (operator.gt, "more than"),
    "gte": (operator.ge, "at least"),
    "lt": (operator.lt, "less than"),
    "lte": (operator.le, "at most"),
    "eq": (operator.eq, "exactly"),
    "neq": (operator.ne, "other than"),
}
OPERATORS = frozenset(_COMPARE)
_LOWER, _UPPER = frozenset({"gt", "gte"}), frozenset({"lt", "lte"})
_RANGE = 2
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One or two comparisons that must all hold; exact, whatever the kind of number.

    Attributes:
        parts: operator as Sigma names it, and the number.
    """

    parts: tuple[tuple[str, Number], ...]

    @property
    def text(self) -> str:
        """For example "more than 100 and at most 200"."""
        return " and ".join(f"{_COMPARE[name][1]} {shown(number)}" for name, number in self.parts)

    @property
    def open_below(self) -> bool:
        """Whether it holds for ever smaller numbers, or for all but one."""
        return all(name in {"lt", "lte", "neq"} for name, _ in self.parts)

    def holds(self, reading: Number | Seen) -> bool:
        """Whether every part holds; of what was seen, the longest chain counts."""
        number = (
            max((mask.bit_count() for mask in reading.chains), default=0)
            if isinstance(reading, Seen)
            else reading
        )
        return all(_COMPARE[name][0](number, wanted) for name, wanted in self.parts)


def read_comparison(parts: Mapping[str, object]) -> Comparison:
    """The comparisons of a condition; keys that are no operators are for others.

    Raises:
        RuleError: none, too many, not a number, or a range that holds nothing.
    """
    found = [(name, read_number(name, value)) for name, value in parts.items() if name in OPERATORS]
    if not found:
        raise RuleError("the condition compares nothing", f"add one of {', '.join(sorted(OPERATORS))}")
    names = {name for name, _ in found}
    if len(found) > _RANGE or (len(found) == _RANGE and not (names & _LOWER and names & _UPPER)):
        raise RuleError(
            "the comparisons of the condition make no range",
            "use one comparison, or one of gt, gte with one of lt, lte",
        )
    if len(found) == _RANGE:
        low = next(part for part in found if part[0] in _LOWER)
        high = next(part for part in found if part[0] in _UPPER)
        if low[1] > high[1] or (low[1] == high[1] and (low[0] == "gt" or high[0] == "lt")):
            raise RuleError("the range of the condition is empty", "put the smaller number below")
        found = [low, high]
    return Comparison(tuple(found))


def read_number(name: str, value: object) -> Number:
    """A number of a condition, also if it is written as text.

    Raises:
        RuleError: no number, or beyond 10^18.
    """
    number: Number
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and math.isfinite(value):
        number = Fraction(value)
    else:
        raise RuleError(f"condition {name}: not a number", "give a number")
    if not -LARGEST <= number <= LARGEST:
        raise RuleError(f"condition {name}: the number is too large", "give a number of at most 10^18")
    return number


def shown(number: Number) -> str:
    """A number for people: whole, or with at most six significant digits."""
    if -LARGEST <= number <= LARGEST and (isinstance(number, int) or number.denominator == 1):
        return str(int(number))
    try:
        return f"{float(number):.6g}"
    except OverflowError:
        return f"{'-' if number < 0 else ''}10^308 or more"
