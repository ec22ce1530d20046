"""Wiring of detection: the shipped rules and declarations, or a site's own, ready to look at events."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from pullcord import content
from pullcord.app.judging import rule_files
from pullcord.app.live.trouble import told
from pullcord.detection.anomaly.detector import AnomalyDetector
from pullcord.detection.anomaly.load import load_anomalies
from pullcord.detection.behaviour.detector import BehaviourDetector
from pullcord.detection.behaviour.knowledge import knowledge_of
from pullcord.detection.detectors import Detectors
from pullcord.detection.engine import Detector
from pullcord.detection.rules import RuleSet, load_rules
from pullcord.model.inventory import Inventory

_log = logging.getLogger(__name__)


class Troubles:
    """Counts what detectors failed on, and says so once for each of them.

    Attributes:
        events: that a detector failed on, over all detectors.
    """

    def __init__(self) -> None:
        self.events = 0
        self._told: set[str] = set()

    def __call__(self, what: str, events: int, error: Exception) -> None:
        """Take note."""
        self.events += events
        if what not in self._told:
            self._told.add(what)
            _log.error("the detector %s failed, the others go on: %s", what, told(error))


def load_ruleset(folder: Path | None) -> RuleSet:
    """The rules of a folder, or those that ship."""
    return load_rules(rule_files(folder))


def load_live_rules(folder: Path | None) -> RuleSet:
    """The shipped rules, and those of a folder beside them; what cannot be used is logged.

    Raises:
        UsageError: the folder cannot be read or holds no rule file.
    """
    own = [(f"own/{path}", data) for path, data in rule_files(folder)] if folder is not None else []
    found = load_rules([*rule_files(None), *own])
    for status in found.statuses:
        if status.error is not None:
            _log.error("the rule %s is not in use: %s", status.path, status.error)
    return found


def failed_rules(rules: RuleSet) -> int:
    """How many documents cannot be used."""
    return sum(status.error is not None for status in rules.statuses)


def make_detectors(
    rules: RuleSet, inventory: Inventory, troubles: Troubles, canaries: Collection[str] = ()
) -> Detectors:
    """Rules, streaming behaviour and streaming anomaly detectors.

    Args:
        inventory: what the site knows about itself.
        canaries: the site's own tokens that must never leave.
    """
    anomalies = load_anomalies(content.walk("anomalies", ".yaml"))
    streams = (BehaviourDetector(knowledge_of(inventory, canaries)), AnomalyDetector(anomalies.declarations))
    return Detectors(Detector(rules), streams, troubles)
