from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

from pullcord.cli.ot_writer import command
from pullcord.model.errors import UsageError
from pullcord.otwriter.allow_list import load
from pullcord.otwriter.errors import AllowListError
from pullcord.otwriter.settings import read_settings
from tests.otwriter.build import CONFIG, LIST, written


def told(*arguments: object) -> str:
    done = CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False, standalone_mode=False)
    assert done.exit_code == 0
    return done.stdout


def test_ot_people_make_keys_and_sign_what_the_writer_then_loads(tmp_path: Path) -> None:
    shown = json.loads(told("keygen", "--out", tmp_path / "keys", "--json"))
    assert stat.S_IMODE(Path(shown["private_key"]).stat().st_mode) == 0o600
    (tmp_path / "allow.json").write_bytes(msgspec.json.encode(LIST))
    assert "allow.json.sig" in told("sign", tmp_path / "allow.json", "--key", shown["private_key"])
    (tmp_path / "w.toml").write_text(CONFIG)
    assert load(read_settings(tmp_path / "w.toml"), 0) == LIST


def test_a_key_never_appears_in_the_output(tmp_path: Path) -> None:
    shown = told("keygen", "--out", tmp_path)
    secret = (tmp_path / "ot-writer.key").read_text().splitlines()[1]
    assert secret not in shown
    assert "stays with the OT people" in shown


def test_without_a_configuration_it_says_what_to_give() -> None:
    for arguments in ((), ("run",)):
        with pytest.raises(UsageError, match="no configuration"):
            told(*arguments)


def test_a_tampered_list_does_not_start(tmp_path: Path) -> None:
    config = written(tmp_path, LIST)
    (tmp_path / "allow.json").write_bytes(
        (tmp_path / "allow.json").read_bytes().replace(b'"AUTO"', b'"AUT0"')
    )
    for arguments in (("--config", config), ("run", "--config", config), ("--config", config, "run")):
        with pytest.raises(AllowListError, match="does not fit"):
            told(*arguments)


def test_without_the_opc_ua_library_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['asyncua'] = None; from pullcord.cli.ot_writer import command;"
        f"command(['--config', {str(tmp_path / 'w.toml')!r}], standalone_mode=False)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pullcord[ot]" in done.stderr


def test_signing_loads_no_opc_ua_library(tmp_path: Path) -> None:
    code = (
        "import sys; from pullcord.cli.ot_writer import command;"
        f"command(['keygen', '--out', {str(tmp_path)!r}], standalone_mode=False);"
        "print('asyncua' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_the_help_names_both_tools() -> None:
    shown = told("--help")
    assert "keygen" in shown
    assert "sign" in shown
    assert isinstance(command, click.Group)
