"""How rules look on a terminal: the tree of an explanation, a list of rules, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pullcord.model.times import to_rfc3339

if TYPE_CHECKING:
    from pullcord.app.rules.benching import Measured
    from pullcord.app.rules.explaining import Explained, Told
    from pullcord.app.rules.listing import Listed

_AROUND = 60
_PART = 120
_MOST_MISSING = 10
_MOST_NODES = 500


def told_lines(one: Told, title: str) -> Iterator[str]:
    """The answer of a rule to one event, with what matched between » and «."""
    yield f"{'MATCH   ' if one.matched else 'no match'}  {one.event_id}  {to_rfc3339(one.time)}  {title}"
    if not one.served:
        yield f"  The rule looks at {one.wanted}; this event is {one.given}, so it was not looked at."
    for number, line in enumerate(_tree(one.tree, 1)):
        if number == _MOST_NODES:
            yield "  … (--json shows all)"
            break
        yield line
    for missing in one.missing[:_MOST_MISSING]:
        yield f"  Missing: {_missing(missing)}"


def _tree(one: Explained, depth: int) -> Iterator[str]:
    pad = "  " * depth
    yield f"{pad}{'✓' if one.holds else '✗'} {one.label}"
    if one.value is not None:
        yield f"{pad}    {one.field}: {marked(one.value, one.span)}"
    elif one.field is not None:
        yield f"{pad}    {one.field} is not in the event"
    for child in one.children:
        yield from _tree(child, depth + 1)


def marked(value: str, span: tuple[int, int] | None) -> str:
    """A value, long ones around what matched; that stands between » and «, with its place."""
    if span is None:
        return value if len(value) <= 2 * _AROUND else f"{value[: 2 * _AROUND]}… ({len(value)} characters)"
    start, end = span
    before, after = value[max(0, start - _AROUND) : start], value[end : end + _AROUND]
    part = value[start:end]
    shown = part if len(part) <= _PART else f"{part[:_PART]}…"
    left = "…" if start > _AROUND else ""
    right = "…" if end + _AROUND < len(value) else ""
    return f"{left}{before}»{shown}«{after}{right}  (characters {start + 1} to {end} of {len(value)})"


def _missing(one: Explained) -> str:
    if one.label == "not" and one.children:
        return f"it must not be that {_words(one.children[0])}"
    if one.label == "any of" and one.children:
        return f"one of: {_words(one)}"
    have = (
        f", but it is {marked(one.value, None)}"
        if one.value is not None
        else ", but the event has no such field"
    )
    return f"{one.label}{have if one.field else ''}"


def _words(one: Explained) -> str:
    """A node in one line."""
    if not one.children:
        return one.label
    if one.label == "not":
        return f"not {_words(one.children[0])}"
    joint = " and " if one.label == "all of" else "; "
    more = len(one.children) - _MOST_MISSING
    return joint.join(map(_words, one.children[:_MOST_MISSING])) + (f" … and {more} more" if more > 0 else "")


def rule_lines(one: Listed) -> Iterator[str]:
    """A rule in two lines: what it is called, and what it is for."""
    level = one.level.value if one.level else ""
    yield f"{level:<13} {one.rule_id:<36}  {one.title}"
    noise = "" if one.noise is None else f"{one.noise:g} matches per day"
    tests = f"tests {one.tests[0]}+{one.tests[1]}"
    parts = (one.logsource, one.incident_type or "", " ".join(one.techniques), tests, noise)
    yield f"{'':<13} {'  '.join(part for part in parts if part)}"


def cost_lines(rules: Sequence[Measured], most: int) -> Iterator[str]:
    """What rules cost, as a table; at most ``most`` of them."""
    yield f"{'µs/1,000':>9} {'asked':>9} {'matches':>9} {'per day':>9}  rule"
    for one in rules[:most]:
        noise = "?" if one.per_day is None else f"{one.per_day:g}"
        numbers = f"{one.us_per_1000:>9.1f} {one.candidates:>9} {one.matches:>9} {noise:>9}"
        yield f"{numbers}  {one.rule_id:<36}  {one.title}"
