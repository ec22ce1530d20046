from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from pullcord.cli.main import cli
from tests.gates.lint import ROOT

PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
# Explained once, under "Common to all".
COMMON = {"--help", "--json"}
# The reading commands behind `investigate FILE...` and `detect FILE...` are called by no name of their own.
NAMELESS = {"investigate files": "investigate", "detect files": "detect"}


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def hidden() -> list[tuple[str, click.Command]]:
    """Commands that their group does not list."""
    from pullcord.cli import detect, investigate

    return [("investigate files", investigate._files), ("detect files", detect._files)]


ALL = dict([*commands(cli), *hidden()])


def sections() -> dict[str, str]:
    """``words of a command`` → text of its section."""
    parts = re.findall(r"^## `pullcord ([^`]+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return {" ".join(re.findall(r"(?:^|(?<= ))[a-z][a-z-]*", title)): text for title, text in parts}


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert set(sections()) == {NAMELESS.get(name, name) for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained_and_none_is_invented(name: str) -> None:
    text = sections()[NAMELESS.get(name, name)]
    written = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    real = {option for one in ALL[name].params if isinstance(one, click.Option) for option in one.opts}
    assert written - COMMON == real - COMMON, f"{name}: correct its section in docs/reference/commands.md"
