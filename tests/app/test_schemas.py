from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from pullcord import content
from pullcord.app.inventory import parse_inventory
from pullcord.app.judging import Judging
from pullcord.app.respond import Recording, Run
from pullcord.app.schemas import PUBLISHED, published
from tests.recordings.morning import lines
from tests.scenes import plant, types


def test_the_shipped_files_are_up_to_date() -> None:
    for name, data in published().items():
        assert content.read("schemas", name) == data, (
            f"write app.schemas.published()[{name!r}] to content/schemas"
        )


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(published()[name]))


def test_what_we_ship_and_write_is_valid() -> None:
    def valid(name: str, noun: object) -> bool:
        schema = json.loads(published()[name])
        return jsonschema.Draft202012Validator(schema).is_valid(json.loads(msgspec.json.encode(noun)))

    assert all(valid("inventory.json", plant(name)) for name in ("discrete", "process", "logistics"))
    assert all(valid("incident_type.json", kind) for kind in types().values())
    assert not valid("inventory.json", types()["malfunction"])


def test_an_incident_document_as_written_is_valid(tmp_path: Path) -> None:
    recording = tmp_path / "recording.ndjson"
    recording.write_text("".join(f"{line}\n" for line in lines()))
    plant_of_demo = parse_inventory(content.read("demo", "plant.yaml"), "plant.yaml")
    incidents = Run(Recording([recording], tmp_path / "out", Judging(plant_of_demo), simulate=True)).execute()
    whole = json.loads((tmp_path / "out" / "incidents" / incidents[0].id / "incident.json").read_text())
    validator = jsonschema.Draft202012Validator(json.loads(content.read("schemas", "incident.json")))
    assert list(validator.iter_errors(whole)) == []
    whole["phases"][0]["start"] = 5
    assert not validator.is_valid(whole)
