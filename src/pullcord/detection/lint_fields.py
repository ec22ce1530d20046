"""Lint of the searches of a rule: names of attributes, wildcards, regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pullcord.detection.log_sources import log_sources
from pullcord.detection.regex import linear_search
from pullcord.model.event import LogSource

_BOTH_ENDS = re.compile(r"\*[^*?\\]+\*")
_SHOWN = 80


class Note(NamedTuple):
    """What is wrong.

    Attributes:
        cure: what to do, as an imperative.
        place: top-level keys of the document, the first there is.
    """

    what: str
    cure: str
    place: tuple[str, ...] = ()


class Field(NamedTuple):
    """One comparison as written; ``name`` is empty for keywords."""

    name: str
    modifiers: frozenset[str]
    values: tuple[Any, ...]


def fields_of(detection: object) -> Iterator[Field]:
    """The comparisons of all searches of a ``detection`` section."""
    for name, search in detection.items() if isinstance(detection, Mapping) else ():
        if name not in {"condition", "timeframe"}:
            yield from _search(search)


def _search(search: object) -> Iterator[Field]:
    if isinstance(search, Mapping):
        for key, value in search.items():
            name, *modifiers = str(key).split("|")
            values = tuple(value) if isinstance(value, list) else (value,)
            yield Field(name, frozenset(modifiers), values)
    elif isinstance(search, list):
        for each in search:
            yield from _search(each)
    elif search is not None:
        yield Field("", frozenset(), (search,))


def check_fields(detection: object, source: LogSource) -> Iterator[tuple[Note, bool]]:
    """What is wrong with the searches, and whether it is so for certain."""
    fields = list(fields_of(detection))
    names = dict.fromkeys(field.name for field in fields if field.name)
    for name in log_sources().unknown(source, names):
        what = f"no event of this log source is documented to have {name[:_SHOWN]!r}"
        yield Note(what, "correct the name; see the reference of rules", ("detection",)), False
    for field in fields:
        for value in field.values:
            for note in (*_wildcards(field, value), *_pattern(field, value)):
                yield note, True


def _wildcards(field: Field, value: object) -> Iterator[Note]:
    plain = field.name and not field.modifiers & {"re", "contains", "startswith", "endswith", "cidr"}
    if plain and isinstance(value, str) and _BOTH_ENDS.fullmatch(value):
        what = f"{field.name[:_SHOWN]}: wildcards at both ends of {value[:_SHOWN]!r}"
        yield Note(what, "write the value without them and the field with |contains", ("detection",))


def _pattern(field: Field, value: object) -> Iterator[Note]:
    if "re" not in field.modifiers:
        return
    flags = "".join(flag for flag in "ims" if flag in field.modifiers)
    if linear_search(f"(?{flags}){value}" if flags else str(value)) is None:
        what = f"{field.name[:_SHOWN]}: the pattern {str(value)[:_SHOWN]!r} needs backtracking"
        yield Note(
            what,
            "write it without look-around and back-references; it sees whole values then",
            ("detection",),
        )
