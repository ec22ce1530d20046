"""Load Sigma rules, filters and correlations: each becomes ready to run, or has a status that says why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.extension import Extension
from pullcord.detection.node import Node
from pullcord.model.event import LogSource
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

RULE_LIMIT = 20_000


class RuleState(StrEnum):
    """Whether a rule is in use."""

    LOADED = "loaded"
    FAILED = "failed"


class RuleStatus(Noun, frozen=True, kw_only=True):
    """What became of one document.

    Attributes:
        rule_id: the Sigma id, else the path (with ``#2`` and so on for further documents of a file).
        path: the file it came from.
        status: loaded or failed.
        error: why it failed and what to do; None if it loaded.
        note: what else should be known of one that loaded; None if nothing.
    """

    rule_id: str
    path: str
    status: RuleState
    error: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled detection rule.

    Attributes:
        rule_id: as in its status.
        name: by which correlations and filters may refer to it.
        title: the rule's title.
        author: who must be named where a match is shown (Detection Rule License); may be empty.
        severity: from ``level``; medium where the rule names none.
        techniques: ATT&CK and ATLAS ids from its tags.
        logsource: what it serves; a part that is None fits everything.
        extension: our own additions.
        node: the compiled condition, filters included.
        emits: False if it is only there for correlations, so that a match is no finding by itself.
    """

    rule_id: str
    name: str | None
    title: str
    author: str
    severity: Severity
    techniques: tuple[str, ...]
    logsource: LogSource
    extension: Extension
    node: Node
    emits: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to run, and what became of every document.

    Attributes:
        rules: those that loaded, in the order of their files.
        correlations: those that loaded, each after those it rests on.
        statuses: one per document; a file that cannot be read at all has one.
    """

    rules: tuple[Rule, ...]
    correlations: tuple[CorrelationRule, ...]
    statuses: tuple[RuleStatus, ...]


def load_rules(items: Iterable[tuple[str, bytes]]) -> RuleSet:
    """Load rules from files already read. Never raises for what a file holds.

    Filters and correlations may refer to rules in any file, in any order.

    Args:
        items: (path, bytes of a YAML file with one or more documents).
    """
    from pullcord.detection.loading import Loader

    return Loader(RULE_LIMIT).load(items)
