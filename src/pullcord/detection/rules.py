"""Load Sigma rules: each becomes a compiled rule, or a status that says why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension, read_extension
from pullcord.detection.node import Node
from pullcord.detection.tags import techniques
from pullcord.model.event import LogSource
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

if TYPE_CHECKING:
    from sigma.rule import SigmaRule

RULE_LIMIT = 20_000
_ERROR_LIMIT = 400


class RuleState(StrEnum):
    """Whether a rule is in use."""

    LOADED = "loaded"
    FAILED = "failed"


class RuleStatus(Noun, frozen=True, kw_only=True):
    """What became of one rule document.

    Attributes:
        rule_id: the Sigma id, else the path (with ``#2`` and so on for further documents of a file).
        path: the file it came from.
        status: loaded or failed.
        error: why it failed and what to do; None if it loaded.
    """

    rule_id: str
    path: str
    status: RuleState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule.

    Attributes:
        rule_id: as in its status.
        title: the rule's title.
        author: who must be named where a match is shown (Detection Rule License); may be empty.
        severity: from ``level``; medium where the rule names none.
        techniques: ATT&CK and ATLAS ids from its tags.
        logsource: what it serves; a part that is None fits everything.
        extension: our own additions.
        node: the compiled condition.
    """

    rule_id: str
    title: str
    author: str
    severity: Severity
    techniques: tuple[str, ...]
    logsource: LogSource
    extension: Extension
    node: Node


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to run, and what became of every document.

    Attributes:
        rules: those that loaded, in the order of their files.
        statuses: one per document; a file that cannot be read at all has one.
    """

    rules: tuple[Rule, ...]
    statuses: tuple[RuleStatus, ...]


def load_rules(items: Iterable[tuple[str, bytes]]) -> RuleSet:
    """Load rules from files already read. Never raises for what a file holds.

    Args:
        items: (path, bytes of a YAML file with one or more documents).
    """
    rules: dict[str, Rule] = {}
    statuses: list[RuleStatus] = []
    for path, data in items:
        for rule_id, outcome in _load_file(path, data):
            error = None
            if isinstance(outcome, RuleError):
                error = str(outcome)
            elif rule_id in rules:
                error = str(RuleError("another rule has the same id", "give each rule its own id"))
            elif len(rules) >= RULE_LIMIT:
                error = str(RuleError(f"more than {RULE_LIMIT} rules", "load fewer rules"))
            else:
                rules[rule_id] = outcome
            state = RuleState.LOADED if error is None else RuleState.FAILED
            statuses.append(RuleStatus(rule_id=rule_id, path=path, status=state, error=error))
    return RuleSet(tuple(rules.values()), tuple(statuses))


def _load_file(path: str, data: bytes) -> Iterator[tuple[str, Rule | RuleError]]:
    """Each document's rule id, and the rule or why there is none."""
    from pullcord.detection.sigma_parse import documents, guess_id

    try:
        texts = list(documents(data))
    except RuleError as error:
        yield path, error
        return
    if not texts:
        yield path, RuleError("the file holds no rule", "write a rule or remove the file")
    for number, text in enumerate(texts, 1):
        fallback = path if number == 1 else f"{path}#{number}"
        try:
            rule = _load(text, fallback)
        except RuleError as error:
            yield guess_id(text) or fallback, error
        # pySigma and YAML raise many kinds of error on hostile input; each of them costs this document only.
        except Exception as error:  # noqa: BLE001
            cause = f"{type(error).__name__}: {_one_line(str(error))}"
            yield guess_id(text) or fallback, RuleError(cause, "correct the rule")
        else:
            yield rule.rule_id, rule


def _load(text: str, fallback: str) -> Rule:
    from pullcord.detection.sigma import compile_rule
    from pullcord.detection.sigma_parse import parse

    parsed = parse(text)
    return Rule(
        rule_id=str(parsed.id) if parsed.id else fallback,
        title=_one_line(parsed.title),
        author=_one_line(parsed.author or ""),
        severity=Severity(str(parsed.level)) if parsed.level else Severity.MEDIUM,
        techniques=techniques(str(tag) for tag in parsed.tags),
        logsource=_logsource(parsed),
        extension=_extension(parsed.custom_attributes),
        node=compile_rule(parsed),
    )


def _logsource(parsed: SigmaRule) -> LogSource:
    source = parsed.logsource
    return LogSource(product=source.product, category=source.category, service=source.service)


def _extension(attributes: Mapping[str, object]) -> Extension:
    custom = attributes.get("custom")
    return read_extension(custom.get("pullcord") if isinstance(custom, Mapping) else None)


def _one_line(text: str) -> str:
    """Text from a file, fit to be shown: no control characters, bounded."""
    return "".join(char if char.isprintable() else " " for char in text[:_ERROR_LIMIT]).strip()
