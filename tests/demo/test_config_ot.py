from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.demo import plc
from pullcord.demo.config import INSPECTION, prepare
from pullcord.demo.config_ot import LIST, WRITER, node
from pullcord.otwriter.allow_list import load
from pullcord.otwriter.errors import AllowListError
from pullcord.otwriter.settings import read_settings


def test_the_ot_writer_takes_the_list_and_its_signature(tmp_path: Path) -> None:
    plant = prepare(tmp_path)
    settings = read_settings(tmp_path / WRITER)
    (switch,) = load(settings, 0).switches
    assert settings.socket == plant.ot_writer
    assert (switch.system, switch.node) == (INSPECTION, node(plc.REQUEST))
    assert switch.endpoint == f"opc.tcp://127.0.0.1:{plant.ports.line}/"


def test_a_list_that_somebody_touched_is_refused(tmp_path: Path) -> None:
    prepare(tmp_path)
    place = tmp_path / LIST
    place.write_bytes(place.read_bytes().replace(b'"switches_per_hour": 4', b'"switches_per_hour": 9'))
    with pytest.raises(AllowListError, match="signature"):
        load(read_settings(tmp_path / WRITER), 0)


def test_the_private_key_is_nowhere(tmp_path: Path) -> None:
    prepare(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE" in path.read_bytes()]


def test_every_node_of_the_list_is_at_the_line(tmp_path: Path) -> None:
    prepare(tmp_path)
    (switch,) = load(read_settings(tmp_path / WRITER), 0).switches
    shown = {node(name): str(value).lower() for name, value in plc.Cell().values().items()}
    for one in switch.interlocks:
        assert shown[one.node] in one.allowed
    assert {one.node for one in switch.effects} <= set(shown)
