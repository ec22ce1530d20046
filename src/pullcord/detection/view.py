"""An event as rules look at it: values as lists, as text and as case-folded text, each made once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pullcord.model.event import Attributes

Scalar = str | int | float | bool
Numeric = int | float

# Backtracking regular expressions see only this many characters of a value: their time is not linear.
BACKTRACKING_LIMIT = 2_048

# Integers longer than this many bits are shown in hexadecimal: Python refuses to print them in decimal.
_INTEGER_BITS = 8_192


# Bounded: Python reads integers of any length, in quadratic time.
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_LONGEST_NUMBER = 90


def as_number(value: Scalar) -> Numeric | None:
    """The value as a number: numbers themselves, and text that is nothing but a decimal number."""
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_NUMBER:
        return None
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None
    return float(value) if match[1] or match[2] else int(value)


def as_text(value: Scalar) -> str:
    """The text that rules compare with: ``true``, ``false``, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _INTEGER_BITS else hex(value)
    # 4.0 is written "4": many sources write whole numbers as floating point, and rules write 4.
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)  # noqa: PLR2004


class View:
    """The attributes of one event, read by field name; ``None`` as field means every attribute.

    A missing field reads as an empty sequence, a list attribute as its elements.

    Attributes:
        attributes: the event's own attributes.
        cuts: how many values were shortened for a backtracking regular expression.
        known: what ``folded`` gave so far, by field; for generated code, which looks here first.
    """

    __slots__ = ("_capped", "_texts", "attributes", "cuts", "known")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.cuts = 0
        self._texts: dict[str | None, Sequence[str]] = {}
        self.known: dict[str | None, Sequence[str]] = {}
        self._capped: dict[str | None, Sequence[str]] = {}

    def values(self, field: str | None) -> Sequence[Scalar]:
        """The values as the event has them."""
        if field is None:
            return [value for key in self.attributes for value in self.values(key)]
        value = self.attributes.get(field)
        if value is None:
            return ()
        return value if isinstance(value, list) else (value,)

    def texts(self, field: str | None) -> Sequence[str]:
        """The values as text, case kept."""
        found = self._texts.get(field)
        if found is None:
            found = self._texts[field] = [as_text(value) for value in self.values(field)]
        return found

    def folded(self, field: str | None) -> Sequence[str]:
        """The values as text, case-folded as Unicode says."""
        found = self.known.get(field)
        if found is None:
            # Most values are one text: the short way for them, because this is where the time goes.
            value = None if field is None else self.attributes.get(field)
            texts = (value,) if isinstance(value, str) else self.texts(field)
            found = self.known[field] = [text.casefold() for text in texts]
        return found

    def capped(self, field: str | None) -> Sequence[str]:
        """The values as text, case kept, each no longer than ``BACKTRACKING_LIMIT``; counts what it cuts."""
        found = self._capped.get(field)
        if found is None:
            texts = self.texts(field)
            self.cuts += sum(len(text) > BACKTRACKING_LIMIT for text in texts)
            found = self._capped[field] = [text[:BACKTRACKING_LIMIT] for text in texts]
        return found
