from __future__ import annotations

import json
from pathlib import Path

import msgspec

from pullcord.model.intent import IntentState
from pullcord.model.task import TaskKind
from tests.cli.build import Call
from tests.cli.desk import house
from tests.response.build import incident, opened


def test_the_list_is_a_table_or_lines(pullcord: Call, simulated: Path) -> None:
    (line,) = pullcord("incident", "list", "--state", simulated, "--json").lines()
    told = pullcord("incident", "list", "--state", simulated / "state")
    assert told.code == 0
    assert line["incident_id"] in told.out


def test_one_is_shown_as_text_or_whole(pullcord: Call, simulated: Path) -> None:
    (line,) = pullcord("incident", "list", "--state", simulated, "--json").lines()
    name = line["incident_id"]
    told = pullcord("incident", "show", name, "--state", simulated)
    assert told.code == 0
    assert "SIMULATED" in told.out
    assert "Production at risk: yes" in told.out
    whole = pullcord("incident", "show", name, "--state", simulated, "--json")
    assert json.loads(whole.out) == json.loads(
        (simulated / "incidents" / name / "incident.json").read_bytes()
    )


def test_hostile_text_is_no_terminal_code(pullcord: Call, tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\r\n\u202e[red]"
    with opened(tmp_path) as store, store.state.transaction() as tx:
        tx.put_incident(msgspec.structs.replace(incident(), title=evil, reasons=(evil,), type=evil))
    for arguments in (["list"], ["show", "inc-1"]):
        out = pullcord("incident", *arguments, "--state", tmp_path).out
        assert not set(out) & set("\x1b\x07\r\u202e")


def test_an_unknown_incident_is_exit_1_and_no_state_exit_2(
    pullcord: Call, simulated: Path, tmp_path: Path
) -> None:
    told = pullcord("incident", "show", "inc-none", "--state", simulated)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("pullcord: PC-5001: ")
    assert pullcord("incident", "list", "--state", tmp_path).code == 2


def test_an_empty_state_says_so(pullcord: Call, tmp_path: Path) -> None:
    from pullcord.store.folder import open_folder

    open_folder(tmp_path / "state").close()
    assert pullcord("incident", "list", "--state", tmp_path).out == "No incidents.\n"
    assert pullcord("incident", "list", "--state", tmp_path, "--json").out == ""


def test_a_question_is_listed_and_answered(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        assert ann("incident", "repair").out == "No question is open.\n"
        run.office.put_task(
            id="doubt-1", kind=TaskKind.IN_DOUBT, question="Was it done?", options=("done", "not_done")
        )
        assert ann("incident", "repair").out == "inc-1  doubt-1: Was it done?  [done | not_done]\n"
        assert ann("incident", "repair", "inc-2").out == "No question is open.\n"
        assert [one["id"] for one in ann("incident", "repair", "inc-1", "--json").lines()] == ["doubt-1"]
        for arguments in (
            ["--answer", "done"],
            ["inc-1", "--answer", "done"],
            ["inc-1", "--task", "doubt-1"],
        ):
            assert ann("incident", "repair", *arguments).code == 2
        wrong = ann("incident", "repair", "inc-1", "--task", "doubt-1", "--answer", "maybe")
        assert (wrong.code, "done, not_done" in wrong.err) == (1, True)
        told = ann(
            "incident",
            "repair",
            "inc-1",
            "--task",
            "doubt-1",
            "--answer",
            "not_done",
            "--comment",
            "I looked",
        )
        assert (told.code, told.out) == (0, "doubt-1: not_done\n")
        assert run.office.woken == ["inc-1"]


def test_an_incident_is_closed_when_nothing_is_owed(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        run.office.put_intent(IntentState.IN_DOUBT)
        told = ann("incident", "close", "inc-1")
        assert (told.code, "is in_doubt" in told.err) == (1, True)
        run.office.put_intent(IntentState.NOT_DONE)
        assert ann("incident", "close", "inc-1", "--comment", "all is well").out == "inc-1 is being closed.\n"
        assert ann("incident", "close", "inc-9").code == 1
