from __future__ import annotations

import configparser
from pathlib import Path

import msgspec

from pullcord.demo.config import prepare
from pullcord.demo.plant import PROGRAMS, supervisor_config


def test_every_program_is_watched_and_the_replacement_waits(tmp_path: Path) -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(supervisor_config(prepare(tmp_path)))
    assert {name for name in parser.sections() if name.startswith("program:")} == {
        f"program:{name}" for name in PROGRAMS
    }
    assert parser["program:baseline-copilot"]["autostart"] == "false"
    assert parser["program:line"]["autostart"] == "true"
    assert parser["program:baseline-copilot"]["command"].endswith("-m pullcord.demo.baseline .")
    assert "ot-writer run --config ot-writer.toml" in parser["program:ot-writer"]["command"]
    assert parser["unix_http_server"]["chmod"] == "0700"


def test_a_percent_sign_in_a_path_is_no_variable(tmp_path: Path) -> None:
    plant = msgspec.structs.replace(prepare(tmp_path), run="/somewhere/100%(here)s")
    assert "file = /somewhere/100%%(here)s/supervisor.sock\n" in supervisor_config(plant)
