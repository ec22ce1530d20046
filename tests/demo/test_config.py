from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.inventory import read_inventory
from pullcord.app.settings import read_settings, secret
from pullcord.containment.fallbacks import switch_node, switch_problem
from pullcord.demo import plc
from pullcord.demo.config import PEOPLE, person_token, prepare
from pullcord.demo.config_ot import WRITER
from pullcord.demo.errors import PlantError
from pullcord.demo.place import Plant
from pullcord.model.inventory import OtAccess
from pullcord.model.plan import VerificationLevel
from pullcord.responders.catalogue import make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path / "plant")
    return tmp_path / "plant"


def test_pullcord_reads_its_settings(folder: Path) -> None:
    settings = read_settings(folder / "pullcord.toml")
    assert settings.server.port == 0
    assert {one.name for one in settings.people} == set(PEOPLE)
    assert {one.name: one.authenticated for one in settings.sources} == {"copilot": False, "gateway": True}
    places = [one.token for one in settings.people] + [one.token for one in settings.sources]
    tokens = {secret(place, settings.folder) for place in places}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 32
    assert person_token(folder, "Tomas Brandt") in tokens
    assert settings.ot is not None
    assert settings.ot.config is None, "the plant runs its OT writer itself"
    assert (folder / WRITER).exists()


def test_the_responders_take_what_is_configured(folder: Path) -> None:
    flag, policy = read_settings(folder / "pullcord.toml").responders
    names = {system.name for system in read_inventory(folder / "plant.yaml").ai_systems}
    assert {flag.target, policy.target} <= names
    for one in (flag, policy):
        made = make(one.kind, one.target, one.settings, folder, SystemClock(), str)
        assert made.describe.level is VerificationLevel.EFFECT
    flags = json.loads((folder / flag.settings["file"]).read_text())["flags"]
    assert flags[flag.settings["flag"]]["variants"] == {"on": True, flag.settings["off"]: False}
    denials = json.loads((folder / policy.settings["file"]).read_text())
    assert denials == {"schema": "pullcord.tool-denials/1", "denials": []}


def test_the_inventory_has_one_that_can_be_switched_and_one_that_cannot(folder: Path) -> None:
    systems = {one.name: one for one in read_inventory(folder / "plant.yaml").ai_systems}
    inspection = systems["Weld inspection"]
    assert switch_problem(inspection, "vision-evasion") is None
    node = switch_node(inspection)
    assert node is not None
    assert node.address == f"ns=2;s={plc.REQUEST}"
    assert "unhealthy" in (switch_problem(systems["Seam tracking"], "vision-evasion") or "")


def test_every_node_of_the_inventory_is_at_the_line_and_safety_is_never_reached(folder: Path) -> None:
    nodes = [node for one in read_inventory(folder / "plant.yaml").ai_systems for node in one.ot_nodes]
    assert {node.address.removeprefix("ns=2;s=") for node in nodes} <= set(plc.Cell().values())
    (muting,) = [node for node in nodes if node.address.endswith(plc.MUTING)]
    assert muting.access is OtAccess.NEVER


def test_nobody_else_can_read_it(folder: Path) -> None:
    for place in folder.rglob("*"):
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0, place


def test_a_second_time_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    prepare(folder)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_ports_and_tokens_differ(folder: Path) -> None:
    plant = prepare(folder)
    ports = [getattr(plant.ports, name) for name in plant.ports.__struct_fields__]
    tokens = [getattr(plant.tokens, name) for name in plant.tokens.__struct_fields__]
    assert len(set(ports)) == len(ports)
    assert len(set(tokens)) == len(tokens)


def test_sockets_of_a_long_path_lie_elsewhere_and_in_private(tmp_path: Path) -> None:
    plant: Plant = prepare(tmp_path / ("long" * 20))
    run = Path(plant.run)
    assert not run.is_relative_to(tmp_path)
    assert max(len(str(plant.supervisor)), len(str(plant.ot_writer))) < 90
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    (run / "ot-writer").rmdir()
    run.rmdir()
    run.mkdir(mode=0o777)
    run.chmod(0o777)
    with pytest.raises(PlantError, match="yours alone"):
        prepare(tmp_path / ("long" * 20))
    run.rmdir()


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlantError, match="cannot be written"):
        prepare(tmp_path / "file" / "plant")


def test_everything_is_made_up(folder: Path) -> None:
    text = (folder / "plant.yaml").read_text() + (folder / "pullcord.toml").read_text()
    assert all(name.endswith(".example") for name in re.findall(r"[\w-]+\.(?:com|net|org|example)\b", text))
