"""Use case: run the tests that stand inside rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pullcord.app.rules.choosing import choose, every_rule
from pullcord.detection.rule_tests import TestResult, fresh_detectors, run_tests
from pullcord.detection.rules import Rule, RuleSet
from pullcord.model.noun import Noun

if TYPE_CHECKING:
    from pullcord.detection.correlation.rule import CorrelationRule


class Outcome(Noun, frozen=True, kw_only=True):
    """What came of the tests of one rule; without results it has none."""

    rule_id: str
    title: str
    results: tuple[TestResult, ...]

    @property
    def failed(self) -> tuple[TestResult, ...]:
        """The tests that failed."""
        return tuple(one for one in self.results if not one.passed)


def outcomes(ruleset: RuleSet, wanted: Sequence[str]) -> Iterator[Outcome]:
    """Run the tests of some rules, or of all, with all rules loaded.

    Raises:
        UsageError: a rule is not there; before any test runs.
    """
    chosen: list[Rule | CorrelationRule] = (
        [choose(ruleset, each) for each in wanted] if wanted else every_rule(ruleset)
    )
    return _run(ruleset, chosen)


def _run(ruleset: RuleSet, chosen: Sequence[Rule | CorrelationRule]) -> Iterator[Outcome]:
    fresh = fresh_detectors()
    for rule in chosen:
        results = run_tests(ruleset, rule.rule_id, fresh)
        yield Outcome(rule_id=rule.rule_id, title=rule.title, results=tuple(results))
