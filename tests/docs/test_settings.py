"""docs/reference/settings.md lists every setting, with its default."""

from __future__ import annotations

import re

import msgspec
import pytest

from pullcord.app.live.forward_settings import HecForward, SyslogForward, WebhookForward
from pullcord.app.settings import (
    OtSettings,
    Person,
    ResponderSettings,
    ResponseSettings,
    ServerSettings,
    Settings,
    Source,
)
from pullcord.model.noun import Noun
from pullcord.model.plan import ApproverRole
from pullcord.responders.catalogue import KINDS
from tests.gates.lint import ROOT

PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Noun]] = {
    "Top": Settings,
    "`[server]`": ServerSettings,
    "`[response]`": ResponseSettings,
    "`[[people]]`": Person,
    "`[[sources]]`": Source,
    "`[[forward]]` syslog": SyslogForward,
    "`[[forward]]` hec": HecForward,
    "`[[forward]]` webhook": WebhookForward,
    "`[ot]`": OtSettings,
    "`[[responders]]`": ResponderSettings,
}
# Tables of the file have sections of their own; `folder` is no setting.
ELSEWHERE = {"folder", "server", "response", "people", "sources", "listeners", "forward", "ot", "responders"}


def rows(title: str) -> dict[str, str]:
    """``setting → its row`` of a section."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title}"
    return {one[1]: one[0] for one in re.finditer(r"^\| `([a-z_]+)` \|.*$", found[1], re.MULTILINE)}


def written(default: object) -> str:
    """A default as TOML has it; 4.0 hours are 4."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return str(list(default))
    return f"{default:g}" if isinstance(default, float) else str(default)


@pytest.mark.parametrize("title", SECTIONS)
def test_every_setting_is_explained_and_none_is_invented(title: str) -> None:
    real = {one.name for one in msgspec.structs.fields(SECTIONS[title])} - ELSEWHERE
    assert set(rows(title)) == real


@pytest.mark.parametrize("title", ["`[server]`", "`[response]`"])
def test_every_default_is_the_real_one(title: str) -> None:
    shown = rows(title)
    for one in msgspec.structs.fields(SECTIONS[title]):
        cells = [cell.strip().strip("`") for cell in shown[one.name].split("|")]
        assert written(one.default) in cells, f"{one.name}: its default is {written(one.default)}"


def test_roles_and_kinds_are_named() -> None:
    prose = re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert {role.value for role in ApproverRole} | set(KINDS) <= set(re.findall(r"`([^`]+)`", prose))
