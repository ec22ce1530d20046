"""Use case: what rules there are, and how noisy each was measured to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pullcord.app.rules.choosing import every_rule
from pullcord.detection.rules import Rule, RuleSet, RuleState
from pullcord.model.errors import UsageError
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

_LARGEST = 64 << 20


class Listed(Noun, frozen=True, kw_only=True):
    """One rule as ``pullcord rules list`` shows it.

    Attributes:
        logsource: what it serves, as ``product/category/service``; of a correlation: its type.
        status: loaded or failed; of a failed one only path and error are known.
        tests: positive and benign tests inside it.
        noise: matches per day as ``rules bench`` measured them; None where it was not measured.
    """

    rule_id: str
    path: str
    title: str = ""
    level: Severity | None = None
    logsource: str = ""
    incident_type: str | None = None
    status: RuleState = RuleState.LOADED
    error: str | None = None
    techniques: tuple[str, ...] = ()
    tests: tuple[int, int] = (0, 0)
    noise: float | None = None


class _Measured(msgspec.Struct):
    """The fields of a line of ``rules bench --json`` that count here."""

    rule_id: str
    per_day: float | None = None


def listed(ruleset: RuleSet, noise: Mapping[str, float]) -> Iterator[Listed]:
    """Every document, in the order of the files."""
    rules = {rule.rule_id: rule for rule in every_rule(ruleset)}
    for status in ruleset.statuses:
        rule = rules.get(status.rule_id) if status.status is RuleState.LOADED else None
        if rule is None:
            yield Listed(rule_id=status.rule_id, path=status.path, status=status.status, error=status.error)
            continue
        tests = rule.extension.tests
        yield Listed(
            rule_id=rule.rule_id,
            path=status.path,
            title=rule.title,
            level=rule.severity,
            logsource=source_of(rule) if isinstance(rule, Rule) else f"correlation: {rule.type.value}",
            incident_type=rule.extension.incident_type,
            techniques=rule.techniques,
            tests=(len(tests.positive), len(tests.benign)),
            noise=noise.get(rule.rule_id),
        )


def source_of(rule: Rule) -> str:
    """What a rule serves, as ``product/category/service``; ``*`` fits everything."""
    source = rule.logsource
    return "/".join(part or "*" for part in (source.product, source.category, source.service))


def read_noise(path: Path) -> dict[str, float]:
    """Matches per day by rule, from what ``rules bench --json`` printed.

    Raises:
        UsageError: the file cannot be read, or is something else.
    """
    cure = "give what `pullcord rules bench --json` printed"
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}", cure) from error
    if len(data) > _LARGEST:
        raise UsageError(f"{path}: larger than 64 MB", cure)
    try:
        lines = msgspec.json.Decoder(_Measured).decode_lines(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not what was expected ({error})", cure) from error
    return {line.rule_id: line.per_day for line in lines if line.per_day is not None}
