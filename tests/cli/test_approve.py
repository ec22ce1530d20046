from __future__ import annotations

import json
from pathlib import Path

import msgspec

from pullcord.model.intent import IntentState
from tests.app.desks import INCIDENT, PLAN
from tests.cli.build import Call
from tests.cli.desk import house
from tests.response.people import OT, plan

EVIL = "\x1b]0;owned\x07\x1b[2J\r\n\u202e[red]"


def test_two_people_approve_what_they_saw(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, bob, _):
        told = ann("approve", PLAN.id, "--yes", PLAN.hash[:12], "--comment", "seen on the floor")
        assert (told.code, told.err) == (0, "")
        assert "Still needed: 1 × approver-security" in told.out
        told = bob("approve", PLAN.id, "--yes", PLAN.hash, "--role", "approver-security", "--json")
        assert json.loads(told.out)["granted"] is True
        assert run.office.woken == [INCIDENT.id] * 2
        assert "Nothing waits" in ann("approve").out


def test_the_list_says_what_waits_for_whom(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, mia):
        run.office.put_task()
        told = ann("approve")
        assert told.code == 0
        first, second = told.out.splitlines()
        assert first.startswith(f"you     {PLAN.id}  high  contain class R2")
        assert PLAN.hash[:12] in first
        assert "Has the bench test passed?  [passed | failed]" in second
        assert mia("approve").out.splitlines()[1].startswith("others  plan-")
        assert [one["kind"] for one in ann("approve", "--json").lines()] == ["plan", "task"]


def test_without_a_terminal_and_hash_nothing_is_decided(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        for arguments in ((PLAN.id,), (PLAN.id, "--json"), (PLAN.id, "--refuse")):
            told = ann("approve", *arguments)
            assert told.code == 2
            assert "nothing was decided" in told.err
            assert PLAN.id in told.out
        for seen in (PLAN.hash[:11], "0" * 64, ""):
            assert ann("approve", PLAN.id, "--yes", seen).code != 0
        assert run.office.audit() == []


def test_at_a_terminal_the_plan_is_shown_and_the_person_asked(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        code, shown = ann.at_a_terminal("approve", PLAN.id, types="n\n")
        assert code == 0
        for text in (
            "class R2, mode recommend",
            "disable_agent on Copilot (R2)",
            "because",
            "switch it on again",
        ):
            assert text in shown
        assert f"Hash {PLAN.hash[:12]}" in shown
        assert "Nothing was decided." in shown
        assert run.office.audit() == []
        code, shown = ann.at_a_terminal("approve", PLAN.id, types="y\n")
        assert (code, "Approved plan-" in shown) == (0, True)
        assert run.office.audit() == [("ann", f"approve {PLAN.id}")]


def test_what_is_being_carried_out_is_still_refused_at_a_terminal(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, bob, _):
        for who in (ann, bob):
            assert who("approve", PLAN.id, "--yes", PLAN.hash).code == 0
        run.office.put_intent(IntentState.SENT)
        _, shown = ann.at_a_terminal("approve", PLAN.id, types="y\n")
        assert "[y/N]" not in shown
        code, shown = ann.at_a_terminal("approve", PLAN.id, "--refuse", types="y\n")
        assert (code, "NOTHING FROM AN AUTHENTICATED SOURCE" in shown) == (0, True)
        assert "Nothing more of it will be carried out." in shown
        assert run.office.audit()[-1] == ("ann", f"refuse {PLAN.id}")


def test_nobody_is_asked_about_what_is_over(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        run.office.put_plan(plan((OT, 1), reasons=("more is known",)))
        code, shown = ann.at_a_terminal("approve", PLAN.id, types="y\n")
        assert code == 0
        assert "A newer plan has taken its place." in shown
        assert "[y/N]" not in shown
        assert run.office.audit() == []


def test_refusing_is_as_easy(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, _, _, mia):
        code, shown = mia.at_a_terminal("approve", PLAN.id, "--refuse", types="y\n")
        assert (code, "Refused plan-" in shown) == (0, True)
        assert run.office.audit() == [("mia", f"refuse {PLAN.id}")]
        told = mia("approve", PLAN.id, "--refuse", "--yes", PLAN.hash)
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("pullcord: PC-5025: ")


def test_what_attackers_wrote_does_not_steer_the_terminal(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        evil = plan((OT, 1), fallback=EVIL, reasons=(EVIL,))
        action = msgspec.structs.replace(evil.actions[0], target=EVIL, reasons=(EVIL,), params={EVIL: EVIL})
        evil = plan((OT, 1), fallback=EVIL, actions=(action,))
        with run.office.store.state.transaction() as tx:
            tx.put_incident(msgspec.structs.replace(INCIDENT, title=EVIL, type=EVIL))
        run.office.put_plan(evil)
        for told in (ann("approve"), ann("approve", evil.id)):
            assert evil.id in told.out
            assert not set(told.out) & set("\x1b\x07\r\u202e")


def test_without_a_running_pullcord_it_says_so(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        pass
    told = ann("approve")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("pullcord: PC-0201: ")
