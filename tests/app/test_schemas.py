from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest

from pullcord import content
from pullcord.app.schemas import PUBLISHED, published
from tests.scenes import finding, plant, types


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
    assert valid("finding.json", finding("a"))
    assert not valid("finding.json", types()["malfunction"])
