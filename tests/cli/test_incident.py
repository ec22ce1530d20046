from __future__ import annotations

import json
from pathlib import Path

import msgspec

from tests.cli.build import Call
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
