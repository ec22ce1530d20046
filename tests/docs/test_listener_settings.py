"""docs/reference/settings.md lists every setting of every kind of listener, with its default."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import pytest

from pullcord.app.live.listener_settings import Common, ListenerSettings
from tests.gates.lint import ROOT

PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
KINDS = {one.__struct_config__.tag: one for one in get_args(ListenerSettings)}
COMMON = {one.name for one in msgspec.structs.fields(Common)}


def section(head: str) -> str:
    found = re.search(rf"^{re.escape(head)}\n(.*?)(?=^##+ |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no section {head}"
    return found[1]


def named(text: str) -> dict[str, list[str]]:
    """Each setting of the first column with the cells of the second; `a`, `b` share a row."""
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| ([^|]*)\|", text, re.MULTILINE)
    return {
        name: [cell.strip().strip("`") for cell in cells.split(",")]
        for names, cells in rows
        for name in re.findall(r"`([a-z_]+)`", names)
    }


def test_what_all_have() -> None:
    assert set(named(section("## `[[listeners]]`"))) == COMMON | {"kind", "authenticated"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind(kind: str) -> None:
    assert f"`{kind}`" in section("## `[[listeners]]`")
    shown = named(section(f'### `kind = "{kind}"`'))
    fields = {one.name: one for one in msgspec.structs.fields(KINDS[kind])}
    assert set(shown) == set(fields) - COMMON - {"authenticated"}
    for name, cells in shown.items():
        default = fields[name].default
        if isinstance(default, bool | str | int | float):
            shown_as = f"{default:g}" if isinstance(default, float) else str(default)
            assert (shown_as.lower() if isinstance(default, bool) else shown_as) in cells, name
