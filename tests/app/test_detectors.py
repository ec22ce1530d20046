from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pullcord.app.detectors import Troubles, failed_rules, load_live_rules, load_ruleset, make_detectors
from pullcord.app.inventory import empty_inventory
from pullcord.model.errors import UsageError
from tests.app.build import event
from tests.app.pipelines import refused
from tests.detection.build import rule_yaml, selection


def test_rules_and_detectors_that_learn_are_there_and_find() -> None:
    detectors = make_detectors(load_ruleset(None), empty_inventory(), Troubles())
    assert [memory.name for memory in detectors.memories] == ["correlation", "behaviour", "anomaly"]
    assert {one.event_ids[-1] for one in detectors.feed([event("good"), refused("bad")])} == {"bad"}
    health = detectors.health()
    assert health["rules"]["loaded"] > 20
    assert set(health) == {"rules", "correlation", "behaviour", "anomaly"}


def test_trouble_is_told_once_and_without_what_an_attacker_wrote(caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles()
    with caplog.at_level(logging.ERROR):
        troubles("anomaly", 3, ValueError("the secret recipe"))
        troubles("anomaly", 4, ValueError("again"))
        troubles("rules", 1, UsageError("a cause", "a cure"))
    assert troubles.events == 8
    first, second = [record.getMessage() for record in caplog.records]
    assert first == "the detector anomaly failed, the others go on: ValueError"
    assert "a cause" in second


def test_rules_of_ones_own_run_beside_the_shipped_ones_and_bad_ones_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "good.yml").write_bytes(rule_yaml(selection({"a": "mine"})))
    (tmp_path / "bad.yml").write_text("title: [")
    shipped = load_live_rules(None)
    assert failed_rules(shipped) == 0
    with caplog.at_level(logging.ERROR):
        rules = load_live_rules(tmp_path)
    assert len(rules.rules) == len(shipped.rules) + 1
    assert failed_rules(rules) == 1
    assert "own/bad.yml is not in use" in caplog.text
    with pytest.raises(UsageError):
        load_live_rules(tmp_path / "missing")
