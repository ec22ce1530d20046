from __future__ import annotations

from typing import Any

import pytest

from pullcord.cli.people import people, plan_lines, say, stop_line, task_line, waiting_lines

PLAN: dict[str, Any] = {
    "id": "plan-1",
    "hash": "0123456789abcdef0123",
    "purpose": "contain",
    "plan_class": "R2",
    "mode": "recommend",
    "incident": {
        "id": "inc-1",
        "title": "A copilot was turned",
        "type": "tool-abuse",
        "severity": "high",
        "production_at_risk": "yes",
    },
    "actions": [
        {
            "kind": "switch_to_fallback",
            "target": "Weld inspection",
            "action_class": "R2",
            "params": {"node": "WI07"},
            "reasons": ["it rests on the copilot"],
            "undo": "",
            "reaches_ot": True,
        }
    ],
    "refused": [{"what": "block egress", "why": "nobody knows who uses it"}],
    "fallback": "every part is looked at by hand",
    "gates": ["bench test"],
    "decisions": [
        {
            "time": "2026-03-17T05:00:00Z",
            "approver": "ann",
            "role": "approver-ot",
            "decision": "approve",
            "comment": "",
        }
    ],
    "missing": [{"role": "approver-security", "count": 1}],
    "is_refused": False,
    "over": "",
    "halts": False,
    "rests_on": {"findings": 3, "authenticated": 1},
    "current": True,
}


def test_what_a_plan_rests_on_is_shown_and_loudly_if_an_attacker_may_have_made_it_all_up() -> None:
    told = list(plan_lines(PLAN))
    assert "Rests on 3 findings, 1 of them from authenticated sources only." in told
    assert not any("NOTHING FROM AN AUTHENTICATED SOURCE" in line for line in told)
    unsure = list(plan_lines(PLAN | {"rests_on": {"findings": 3, "authenticated": 0}}))
    assert any("NOTHING FROM AN AUTHENTICATED SOURCE" in line for line in unsure)


def test_a_plan_that_is_being_carried_out_says_that_it_can_be_refused() -> None:
    text = "\n".join(plan_lines(PLAN | {"over": "it is being carried out", "halts": True}))
    assert "Too late to approve (it can be refused): it is being carried out" in text


def test_a_plan_is_shown_with_all_that_matters() -> None:
    text = "\n".join(plan_lines(PLAN))
    for part in (
        "HIGH  A copilot was turned",
        "production at risk: yes",
        "class R2, mode recommend",
        "1. switch_to_fallback on Weld inspection (R2)",
        "node: WI07",
        "it rests on the copilot",
        "cannot be taken back",
        "REACHES THE CONTROL NETWORK",
        "Not planned: block egress: nobody knows who uses it",
        "Meanwhile: every part is looked at by hand",
        "Gate: bench test",
        "ann (approver-ot): approve",
        "Still needed: 1 × approver-security",
        "Hash 0123456789abcdef",
    ):
        assert part in text, part
    assert "Too late" not in text


def test_a_plan_that_is_over_or_refused_says_so() -> None:
    text = "\n".join(
        plan_lines(PLAN | {"is_refused": True, "over": "it has been carried out", "current": False})
    )
    assert "REFUSED" in text
    assert "A newer plan has taken its place." in text
    assert "Too late to decide: it has been carried out" in text
    assert "Still needed" not in text


def test_what_waits_for_you_comes_first() -> None:
    task = {
        "kind": "task",
        "incident_id": "inc-1",
        "id": "gate-1",
        "question": "Passed?",
        "options": ["yes", "no"],
        "role": "approver-ot",
        "yours": True,
    }
    stop = {
        "kind": "stop",
        "site": "",
        "who": "bob",
        "time": "now",
        "reason": "smoke",
        "resumed_by": "",
        "yours": False,
    }
    lines = list(waiting_lines([stop, task]))
    assert lines == [
        "you     inc-1  gate-1: Passed?  [yes | no]  (approver-ot)",
        "others  STOPPED everywhere by bob at now: smoke",
    ]
    assert task_line(task | {"role": None}) == "inc-1  gate-1: Passed?  [yes | no]"
    assert "ann wants to resume" in stop_line(stop | {"resumed_by": "ann"})
    assert list(waiting_lines([])) == ["Nothing waits for anybody."]


def test_people_in_words() -> None:
    assert people([{"role": "ml-owner", "count": 2}, {"role": "approver-ot", "count": 1}]) == (
        "2 × ml-owner, 1 × approver-ot"
    )
    assert people([]) == "nobody"


def test_control_characters_are_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    say(["a\x1b[2Jb", "c\rd"])
    assert capsys.readouterr().out == "a\ufffd[2Jb\nc\ufffdd\n"
