from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates import contracts
from tests.gates.lint import ROOT
from tests.gates.rooms import OT_LIBRARIES, ROOMS

# Contract -> (file that breaks it, the import). One violation of each; rooms of later are planted too.
PLANTS: dict[str, tuple[str, str]] = {
    "model": ("model/bad.py", "import pullcord.store"),
    "ports": ("ports/bad.py", "import orjson"),
    "content": ("content/bad.py", "import pullcord.app"),
    "analysis": ("analysis/bad.py", "import subprocess"),
    "detection": ("detection/bad.py", "import sqlite3"),
    "triage": ("triage/bad.py", "import pullcord.detection"),
    "containment": ("containment/bad.py", "import pullcord.responders"),
    "investigation": ("investigation/bad.py", "def late():\n    import socket"),
    "recovery": ("recovery/bad.py", "from http import client"),
    "learning": ("learning/bad.py", "from pullcord import store"),
    "risk": ("risk/bad.py", "import httpx"),
    "intel": ("intel/bad.py", "import pullcord.intake"),
    "playbooks": ("playbooks/bad.py", "import yaml"),
    "response": ("response/bad.py", "import pullcord.store"),
    "responders": ("responders/bad.py", "import pullcord.response"),
    "otwriter": ("otwriter/bad.py", "import pullcord.response"),
    "intake": ("intake/bad.py", "import pullcord.store"),
    "connectors": ("connectors/bad.py", "import pydantic_ai"),
    "advisers": ("advisers/bad.py", "import pullcord.responders"),
    "store": ("store/bad.py", "import pullcord.detection"),
    "app": ("app/bad.py", "import pullcord.server"),
    "server": ("server/bad.py", "import pullcord.store"),
    "web": ("web/bad.py", "import pullcord.store"),
    "cli": ("cli/bad.py", "import litestar"),
    "demo": ("demo/bad.py", "import pullcord.app"),
    "__main__": ("__main__/bad.py", "import pullcord.app"),
    "package file": ("__init__.py", "import pullcord.model"),
    "OT library asyncua": ("intake/mqtt.py", "import asyncua"),
    "OT library pymodbus": ("response/bad.py", "import pymodbus"),
    "OT library aiomqtt": ("responders/kafka.py", "import aiomqtt"),
}
# Where a library must not be imported, the room's own contract may say so as well.
ALSO = {"OT library pymodbus": {"response"}}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a package with every room of the table, all empty: only what is planted can break a rule."""
    source = tmp_path / "src"
    for room in ROOMS:
        (source / "pullcord" / room).mkdir(parents=True)
        (source / "pullcord" / room / "__init__.py").touch()
    (source / "pullcord" / "__init__.py").touch()
    return source


def broken(source: Path) -> tuple[set[str], str]:
    command = [sys.executable, "-m", "tests.gates.contracts", str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    assert (done.returncode == 0) == (not names), done.stdout + done.stderr
    return names, done.stdout


def test_the_table_has_a_violation_planted_for_each_contract() -> None:
    assert set(PLANTS) == {*ROOMS, "package file", *(f"OT library {name}" for name in OT_LIBRARIES)}


def test_clean_rooms_pass(tree: Path) -> None:
    names, report = broken(tree)
    assert not names, report


@pytest.mark.parametrize("name", PLANTS)
def test_a_violation_breaks_exactly_its_contract(tree: Path, name: str) -> None:
    file, code = PLANTS[name]
    (tree / "pullcord" / file).write_text(f"{code}\n", encoding="utf-8")
    names, report = broken(tree)
    assert names == {name} | ALSO.get(name, set()), report
    assert contracts.CURE.split()[0] in report


def test_an_exception_is_as_narrow_as_it_says(tree: Path) -> None:
    (tree / "pullcord" / "intake" / "opcua.py").write_text("import asyncua\n", encoding="utf-8")
    assert broken(tree)[0] == set()


def test_an_unknown_room_is_refused(tree: Path) -> None:
    (tree / "pullcord" / "cellar").mkdir()
    (tree / "pullcord" / "cellar" / "__init__.py").touch()
    command = [sys.executable, "-m", "tests.gates.contracts", str(tree)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no import rules for cellar" in done.stdout
