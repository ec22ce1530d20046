from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.inventory import InventoryError, empty_inventory, parse_inventory, read_inventory
from pullcord.model.inventory import Mode, OtAccess, Role
from tests.scenes import PLANTS

HEAD = b"schema: pullcord.inventory/1\n"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "inventory.md"


@pytest.mark.parametrize("name", ["discrete", "process", "logistics"])
def test_the_example_plants_are_good_and_have_an_assistant(name: str) -> None:
    inventory = read_inventory(PLANTS / f"{name}.yaml")
    assert {system.role for system in inventory.ai_systems} >= {Role.OFFICE}
    assert all(system.aliases for system in inventory.ai_systems)
    assert all(system.mode in {Mode.OBSERVE, Mode.RECOMMEND} for system in inventory.ai_systems)


def test_nodes_are_never_unless_the_file_says_so() -> None:
    inventory = read_inventory(PLANTS / "process.yaml")
    nodes = [node for system in inventory.ai_systems for node in system.ot_nodes]
    assert [node.access for node in nodes] == [OtAccess.MODE_SWITCH, OtAccess.READ, OtAccess.NEVER]


def test_the_example_of_the_reference_page_is_good() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert [parse_inventory(block.encode(), "page").ai_systems[0].name for block in blocks] == [
        "cap-inspector"
    ]


@pytest.mark.parametrize(
    ("data", "where", "cause"),
    [
        (b"", "1:1", "not a mapping"),
        (b"- 1", "1:1", "not a mapping"),
        (b"sites: []", "1:1", "schema is missing"),
        (b"a: 1\nschema: other/1", "2:9", "'other/1'"),
        (HEAD + b"sites:\n  - name: a\n    nmae: b", "4:5", "nmae"),
        (HEAD + b"sites: 3", "2:8", "array"),
        (HEAD + b"sites: []\nai_systems:\n  - {name: a, role: foo, owner: b}", "4:21", "foo"),
        (HEAD + b"sites:\n  - name: A\n  - name: a", "4:11", "already used"),
    ],
)
def test_an_error_names_file_line_and_column(data: bytes, where: str, cause: str) -> None:
    with pytest.raises(InventoryError, match=re.escape(cause)) as caught:
        parse_inventory(data, "plant.yaml")
    assert f"plant.yaml:{where}: " in str(caught.value)
    assert caught.value.cure


def test_many_problems_are_shown_together_up_to_a_bound() -> None:
    lines = b"".join(b"  - {name: a%d, role: office, owner: ''}\n" % n for n in range(50))
    with pytest.raises(InventoryError) as caught:
        parse_inventory(HEAD + b"sites: []\nai_systems:\n" + lines, "p")
    assert caught.value.cause.count("has no owner") == 20
    assert "30 more" in caught.value.cause


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="No such file"):
        read_inventory(tmp_path / "none.yaml")
    with pytest.raises(InventoryError, match="directory"):
        read_inventory(tmp_path)


def test_a_file_that_never_ends_is_read_to_the_bound(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(InventoryError, match="limit"):
        read_inventory(huge)


def test_no_inventory_is_an_empty_one() -> None:
    assert empty_inventory() == parse_inventory(HEAD + b"sites: []", "p")


@given(st.binary(max_size=120))
def test_any_bytes_give_an_inventory_or_the_one_error(data: bytes) -> None:
    with pytest.raises(InventoryError):
        parse_inventory(HEAD + b"sites: 1\n" + data, "p")
