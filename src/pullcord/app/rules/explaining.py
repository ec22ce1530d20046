"""Use case: why a rule matched an event, or did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pullcord.app.inputs import Inputs
from pullcord.app.rules.choosing import choose
from pullcord.app.rules.listing import source_of
from pullcord.detection.dispatch import serves
from pullcord.detection.explain import Explained, explain, obstacles
from pullcord.detection.rules import Rule, RuleSet
from pullcord.detection.view import View
from pullcord.model.errors import UsageError
from pullcord.model.event import Event

__all__ = ["Explained", "Told", "one_rule", "tell", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says of one event.

    Attributes:
        matched: whether it is a match; never where the rule does not serve the event's log source.
        served: whether the rule looks at such events at all.
        wanted, given: the log sources of the rule and of the event.
        tree: the condition with the answer of each node.
        missing: what would have to be different.
    """

    rule_id: str
    event_id: str
    time: int
    matched: bool
    served: bool
    wanted: str
    given: str
    tree: Explained
    missing: tuple[Explained, ...]


def one_rule(ruleset: RuleSet, wanted: str) -> Rule:
    """The detection rule to explain.

    Raises:
        UsageError: there is none of this name, or it is a correlation: that looks at rules, not at events.
    """
    found = choose(ruleset, wanted)
    if isinstance(found, Rule):
        return found
    bases = ", ".join(reference.rule_id for reference in found.references[:5])
    raise UsageError(
        f"{found.rule_id} is a correlation of other rules", f"explain one of those it rests on: {bases}"
    )


def told(rule: Rule, inputs: Inputs, event_id: str | None) -> Iterator[Told]:
    """What the rule says of every event, or of one.

    Raises:
        UsageError: no event of that id came; NothingReadableError, as :class:`Inputs` raises it.
    """
    found = False
    for batch in inputs.events():
        for event in batch.items:
            if event_id is None or event.id == event_id:
                found = True
                yield tell(rule, event)
    if event_id is not None and not found:
        raise UsageError(f"no event {event_id[:80]!r} in these files", "give the event_id of a finding")


def tell(rule: Rule, event: Event) -> Told:
    """What the rule says of one event."""
    tree = explain(rule.node, View(event.attributes))
    served = serves(rule.logsource, event.logsource)
    source = event.logsource
    return Told(
        rule_id=rule.rule_id,
        event_id=event.id,
        time=event.time,
        matched=served and tree.holds,
        served=served,
        wanted=source_of(rule),
        given="/".join(part or "-" for part in (source.product, source.category, source.service)),
        tree=tree,
        missing=tuple(obstacles(tree)),
    )
