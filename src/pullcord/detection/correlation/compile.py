"""A parsed correlation and the rules it rests on → a compiled correlation rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from pullcord.detection.correlation.condition import OPERATORS, Comparison, read_comparison, read_number
from pullcord.detection.correlation.expression import compile_expression, parse_expression
from pullcord.detection.correlation.rule import Condition, CorrelationRule, CorrelationType, Reference
from pullcord.detection.correlation.section import MOST_RULES, Section, listed, read_timespan
from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension
from pullcord.model.finding import Severity
from pullcord.model.noun import digest

MOST_COUNTED = 10_000
"""Matches that are kept per group: no threshold may lie above."""
MOST_ORDERED_RULES = 16
MOST_CHAINED_RULES = 8
"""Of an ordered rule with an extended condition: its state grows with the sets of rules."""
_MOST_TECHNIQUES = 50
_WIDEST_FIELD = 8


@dataclass(frozen=True, slots=True)
class Head:
    """What a correlation has in common with other rules, read by the caller."""

    rule_id: str
    name: str | None
    title: str
    author: str
    severity: Severity
    techniques: tuple[str, ...]
    extension: Extension


@dataclass(frozen=True, slots=True)
class Base:
    """A loaded rule as correlations see it.

    Attributes:
        rule_id, title, techniques, incident_type: the rule's own.
        names: its id and its name, as aliases may call it.
        text: whether it only judges wording.
    """

    rule_id: str
    title: str
    names: frozenset[str]
    text: bool
    techniques: tuple[str, ...]
    incident_type: str | None


def references_of(section: Section) -> tuple[str, ...]:
    """The rules a correlation names, in the order that counts.

    Raises:
        RuleError: none, or an extended condition names others than ``rules``.
    """
    names = listed(section.rules)
    if isinstance(section.condition, str):
        used = parse_expression(section.condition).names()
        if len(used) > MOST_RULES:
            raise RuleError(f"correlation: more than {MOST_RULES} rules", "split the rule")
        if not names:
            return used
        if set(names) != set(used):
            odd = ", ".join(sorted(set(names) ^ set(used)))[:200]
            raise RuleError(
                f"correlation: rules and condition differ in {odd}", "name the same rules in both"
            )
    if not names:
        raise RuleError("correlation: no rules", "name the rules it rests on")
    return names


def compile_correlation(head: Head, section: Section, bases: Sequence[Base]) -> CorrelationRule:
    """The rule, ready to run.

    Args:
        head: what was read already.
        section: the correlation section.
        bases: the rules of ``references_of``, in its order.

    Raises:
        RuleError: a part does not fit the type, or can never hold.
    """
    names = references_of(section)
    timespan, window = read_timespan(section.timespan)
    fields = _fields(section)
    condition = _condition(section, names)
    group_by = listed(section.group_by)
    references = _references(bases, group_by, fields, _aliases(section, names, bases))
    techniques = dict.fromkeys((*head.techniques, *(each for base in bases for each in base.techniques)))
    percentile = _percentile(section)
    return CorrelationRule(
        rule_id=head.rule_id,
        name=head.name,
        title=head.title,
        author=head.author,
        severity=head.severity,
        techniques=tuple(techniques)[:_MOST_TECHNIQUES],
        extension=_extension(head.extension, bases),
        type=section.type,
        references=references,
        group_by=group_by,
        field=", ".join(fields),
        timespan=timespan,
        window=window,
        percentile=percentile,
        condition=condition,
        emits=True,
        key=digest([
            head.rule_id, section.type, [[ref.rule_id, ref.group, ref.fields] for ref in references], group_by,
            timespan, str(percentile), condition.text,
        ])[:32],
    )  # fmt: skip


def _references(
    bases: Sequence[Base],
    group_by: Sequence[str],
    fields: Sequence[str],
    aliases: Mapping[str, Mapping[int, str]],
) -> tuple[Reference, ...]:
    """The bases with their own names for the fields."""
    return tuple(
        Reference(
            base.rule_id,
            base.title,
            base.text,
            tuple(aliases.get(field, {}).get(place, field) for field in group_by),
            tuple(aliases.get(field, {}).get(place, field) for field in fields),
        )
        for place, base in enumerate(bases)
    )


def _extension(own: Extension, bases: Sequence[Base]) -> Extension:
    """The rule's own additions; without an incident type, that of its bases if they agree."""
    types = {base.incident_type for base in bases}
    if own.incident_type is not None or len(types) > 1:
        return own
    return msgspec.structs.replace(own, incident_type=types.pop())


def _fields(section: Section) -> tuple[str, ...]:
    """The fields whose values are measured: some where the type needs them, none elsewhere."""
    condition = section.condition
    given = condition.get("field") if isinstance(condition, dict) else None
    wants = section.type.numeric or section.type is CorrelationType.VALUE_COUNT
    if given is None or not wants:
        if given is not None or wants:
            problem = "needs a field in its condition" if wants else "takes no field in its condition"
            raise RuleError(f"correlation: {section.type} {problem}", "correct the condition")
        return ()
    fields = listed(given) if isinstance(given, str | list) else ()
    if not fields or any(not field.strip() for field in fields) or len(fields) > _WIDEST_FIELD:
        raise RuleError("correlation: condition.field names no field, or too many", "name the field")
    if len(fields) > 1 and section.type.numeric:
        raise RuleError(f"correlation: {section.type} takes one field", "write a rule for each field")
    return fields


def _percentile(section: Section) -> Fraction:
    condition = section.condition
    given = condition.get("percentile") if isinstance(condition, dict) else None
    if section.type is not CorrelationType.VALUE_PERCENTILE:
        if given is not None:
            raise RuleError(f"correlation: {section.type} takes no percentile", "leave percentile out")
        return Fraction(50)
    if given is not None and 0 <= (percentile := read_number("percentile", given)) <= 100:  # noqa: PLR2004  (per cent)
        return Fraction(percentile)
    raise RuleError(
        "correlation: value_percentile needs a percentile from 0 to 100 in its condition",
        "add for example percentile: 95",
    )


def _condition(section: Section, names: Sequence[str]) -> Condition:
    """The condition, checked against what the type can ever measure."""
    given, kind = section.condition, section.type
    ordered = kind is CorrelationType.TEMPORAL_ORDERED
    if ordered and len(names) > (MOST_CHAINED_RULES if isinstance(given, str) else MOST_ORDERED_RULES):
        raise RuleError("correlation: too many rules for an ordered one", "chain several correlations")
    if isinstance(given, str):
        if not kind.temporal:
            raise RuleError(f"correlation: {kind} takes no extended condition", "compare with a number")
        return compile_expression(
            given, parse_expression(given), {name: bit for bit, name in enumerate(names)}
        )
    if given is None:
        if not kind.temporal:
            raise RuleError(f"correlation: {kind} without condition", "add for example condition: {gte: 10}")
        return Comparison((("gte", len(names)),))
    unknown = sorted(set(given) - OPERATORS - {"field", "percentile"})
    if unknown:
        raise RuleError(
            f"correlation: condition has the unknown key {unknown[0][:80]!r}", "correct or remove it"
        )
    comparison = read_comparison(given)
    if not kind.numeric:
        _possible(comparison, len(names) if kind.temporal else MOST_COUNTED)
    return comparison


def _possible(comparison: Comparison, most: int) -> None:
    """Refuse a count that can never be reached; ``most`` may be."""
    near = {int(number) + step for _, number in comparison.parts for step in (-1, 0, 1)}
    if not any(comparison.holds(each) for each in (1, most, *near) if 1 <= each <= most):
        raise RuleError(
            f"correlation: the condition can never hold; only 1 to {most} can be counted",
            "correct the number; what is absent makes no group and is never noticed",
        )


def _aliases(
    section: Section, names: Sequence[str], bases: Sequence[Base]
) -> Mapping[str, Mapping[int, str]]:
    """Alias → place of the rule → its field."""
    aliases: dict[str, dict[int, str]] = {}
    for alias, fields in section.aliases.items():
        for rule, field in fields.items():
            places = [
                place
                for place, (name, base) in enumerate(zip(names, bases, strict=True))
                if rule == name or rule.lower() in base.names or rule in base.names
            ]
            if not places:
                raise RuleError(
                    f"correlation: alias {alias[:80]!r} is for {rule[:80]!r}, which the correlation does not use",
                    "name one of its rules",
                )
            aliases.setdefault(alias, {}).update(dict.fromkeys(places, field))
    return aliases
