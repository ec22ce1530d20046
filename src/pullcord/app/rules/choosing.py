"""Load rules for the commands about rules, and find one by what people call it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pullcord.app.judging import rule_files
from pullcord.detection.rules import Rule, RuleSet, load_rules
from pullcord.model.errors import UsageError

if TYPE_CHECKING:
    from pullcord.detection.correlation.rule import CorrelationRule

_SHORTEST = 4


def load(folder: Path | None) -> RuleSet:
    """The rules in a folder and below, or those that ship with Pullcord.

    Raises:
        UsageError: the folder cannot be read or holds no rule file.
    """
    return load_rules(rule_files(folder))


def choose(ruleset: RuleSet, wanted: str) -> Rule | CorrelationRule:
    """The rule of an id, a name, a title, or the beginning of an id (four characters or more).

    Raises:
        UsageError: there is none, or there are several.
    """
    every = every_rule(ruleset)
    for key in ("rule_id", "name", "title"):
        found = [rule for rule in every if getattr(rule, key) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            break
    else:
        long = len(wanted) >= _SHORTEST
        found = [rule for rule in every if long and rule.rule_id.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(rule.rule_id for rule in found[:_SHORTEST])
        raise UsageError(f"{wanted[:80]!r} is not one rule but several: {shown}", "give the whole id")
    failed = next((one for one in ruleset.statuses if wanted in (one.rule_id, one.path) and one.error), None)
    if failed is not None:
        raise UsageError(f"the rule {failed.rule_id} did not load: {failed.error}", "correct it first")
    raise UsageError(f"there is no rule {wanted[:80]!r}", "`pullcord rules list` names them")


def every_rule(ruleset: RuleSet) -> list[Rule | CorrelationRule]:
    """Detection and correlation rules."""
    return [*ruleset.rules, *ruleset.correlations]
