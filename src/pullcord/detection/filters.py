"""Sigma filters: one tuning for many rules. A filter's condition is joined to the rules it is for by ``and``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule

from pullcord.detection.correlation.resolve import Names
from pullcord.detection.dispatch import serves
from pullcord.detection.errors import RuleError
from pullcord.detection.node import Node, all_of
from pullcord.detection.sigma import compile_rule
from pullcord.detection.sigma_parse import log_source
from pullcord.model.event import LogSource

FILTER_LIMIT = 500
REFERENCE_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled filter.

    Attributes:
        title: for people.
        logsource: it is only for rules whose log source this one serves.
        references: ids or names of rules; None: any.
        node: what must hold as well.
    """

    title: str
    logsource: LogSource
    references: tuple[str, ...] | None
    node: Node


def compile_filter(parsed: SigmaFilter, condition: SigmaRule) -> Filter:
    """Make a filter ready.

    Args:
        condition: the filter's searches and condition as a rule.

    Raises:
        RuleError: it uses what is not supported, or names too many rules.
    """
    rules = parsed.filter.rules
    references: tuple[str, ...] | None = None
    if not isinstance(rules, str):
        if len(rules) > REFERENCE_LIMIT:
            raise RuleError(f"filter: more than {REFERENCE_LIMIT} rules", "use any, or split the filter")
        if not all(isinstance(each.reference, str) for each in rules):
            raise RuleError("filter: a rule is named by something that is no text", "give ids or names")
        references = tuple(dict.fromkeys(each.reference for each in rules))
    return Filter(parsed.title, log_source(parsed.logsource), references, compile_rule(condition))


def targets(each: Filter, names: Names, rules: Mapping[str, LogSource]) -> tuple[set[str], list[str]]:
    """The rules a filter is for, and notes on those that it names but cannot serve.

    Args:
        rules: log source of every detection rule that may be filtered, by id.

    Raises:
        RuleError: it names rules and none of them can be filtered.
    """
    if each.references is None:
        sources = {source for source in set(rules.values()) if serves(each.logsource, source)}
        served = {rule_id for rule_id, source in rules.items() if source in sources}
        return served, [] if served else ["its log source serves no rule that loaded"]
    found: set[str] = set()
    notes: list[str] = []
    for reference in each.references:
        try:
            rule_id = names.find(reference)
        except RuleError as error:
            notes.append(error.cause)
            continue
        if rule_id not in rules:
            notes.append(f"{reference[:120]!r} is no detection rule that loaded")
        elif not serves(each.logsource, rules[rule_id]):
            notes.append(f"the filter's log source does not serve {reference[:120]!r}")
        else:
            found.add(rule_id)
    if not found:
        raise RuleError(
            f"filter: it is for no rule: {'; '.join(notes)[:300]}", "correct its rules or its log source"
        )
    return found, notes


def filtered(node: Node, filters: Iterable[Filter]) -> Node:
    """A rule's condition with those of its filters."""
    more: Sequence[Node] = [each.node for each in filters]
    return all_of([node, *more]) if more else node
