from __future__ import annotations

import pytest

from pullcord.detection import tuning
from pullcord.detection.engine import Detector
from pullcord.detection.rules import load_rules
from tests.detection.build import event, load, rule_yaml, selection


def test_a_rule_moves_from_what_every_event_shows_to_what_is_rare() -> None:
    # By length alone the first literal would be the better one; here every event shows it.
    search = {"a|contains": "a very common phrase", "b|contains": "rare"}
    detector = Detector(load(selection(search)), measure=True)
    events = [event({"a": "A very common phrase", "b": "x"}, id=f"e{number}") for number in range(2_560)]
    detector.detect(events)
    before = detector.costs()["a.yml"].candidates
    assert before >= 2_048
    detector.detect(events)
    assert detector.costs()["a.yml"].candidates - before <= 512
    (finding,) = detector.detect([event({"a": "a very common phrase", "b": "a rare thing"}, id="hit")])
    assert finding.event_ids == ("hit",)


def test_a_literal_that_is_seen_all_the_time_is_given_up_even_if_few_ask() -> None:
    rules = load_rules([("a.yml", rule_yaml(selection({"a|endswith": "common", "b|contains": "seldom"})))])
    detector = Detector(rules)
    events = [event({"a": "common common common x", "b": "x"}, id=f"e{number}") for number in range(4_096)]
    detector.detect(events)
    (clause,) = detector._plan.chosen
    assert clause is not None
    assert [atom.field for atom in clause if hasattr(atom, "text")] == ["b"]


def test_it_ends_after_some_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "_FIRST", 1)
    monkeypatch.setattr(tuning, "_GROWTH", 1)
    detector = Detector(load(selection({"a": "x"})))
    plans = {id(detector._plan)}
    kept = [detector._plan]
    for number in range(20):
        detector.detect([event({"a": "y"}, id=f"e{number}")])
        plans.add(id(detector._plan))
        kept.append(detector._plan)
    assert len(plans) == 1 + 5
    assert not detector._tuning._sample
