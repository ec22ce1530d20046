from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.intake.aliases import BY_OPERATION, OPERATION, OPERATIONS, RENAMES, VERSION, rename
from pullcord.intake.context import Counters
from pullcord.model.event import Value


def renamed(attributes: dict[str, Value]) -> dict[str, Value]:
    rename(attributes, Counters())
    return attributes


@pytest.mark.parametrize(("old", "new"), RENAMES.items())
def test_each_old_name_moves(old: str, new: str) -> None:
    found = renamed({old: "value", "other": 1})
    assert found[new] == "value"
    assert old not in found


@pytest.mark.parametrize(
    ("name", "value", "operation"), [(n, v, o) for n, values in OPERATIONS.items() for v, o in values.items()]
)
def test_each_marker_sets_the_operation(name: str, value: str, operation: str) -> None:
    assert renamed({name: value}) == {name: value, OPERATION: operation}
    assert renamed({name: value, OPERATION: "chat"})[OPERATION] == "chat"


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [(o, old, new) for o, names in BY_OPERATION.items() for old, new in names.items()],
)
def test_each_contextual_name_moves_on_its_operation_only(operation: str, old: str, new: str) -> None:
    assert renamed({OPERATION: operation, old: "value"}) == {OPERATION: operation, new: "value"}
    assert renamed({old: "value"}) == {old: "value"}


def test_present_name_wins() -> None:
    attributes: dict[str, Value] = {"gen_ai.system": "old", "gen_ai.provider.name": "new"}
    assert renamed(dict(attributes)) == attributes


def test_operation_from_content() -> None:
    assert renamed({"gen_ai.tool.name": "send"})[OPERATION] == "execute_tool"
    assert renamed({"gen_ai.request.model": "m"})[OPERATION] == "chat"
    assert OPERATION not in renamed({"gen_ai.agent.name": "a"})
    assert renamed({"Image": "a.exe"}) == {"Image": "a.exe"}


def test_openinference_tool_span() -> None:
    found = renamed(
        {"openinference.span.kind": "TOOL", "tool.name": "send", "input.value": "{}", "output.value": "ok"}
    )
    assert found == {
        "openinference.span.kind": "TOOL",
        OPERATION: "execute_tool",
        "gen_ai.tool.name": "send",
        "gen_ai.tool.call.arguments": "{}",
        "gen_ai.tool.call.result": "ok",
    }


def test_moves_are_counted() -> None:
    counters = Counters()
    rename({"gen_ai.system": "a", "llm.model_name": "b"}, counters)
    assert counters.renamed == 2


def test_the_reference_names_every_alias() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/events.md").read_text(encoding="utf-8")
    rows = [f"| `{old}` | `{new}` |" for old, new in RENAMES.items()]
    rows += [
        f"| `{op}` | `{old}` | `{new}` |" for op, names in BY_OPERATION.items() for old, new in names.items()
    ]
    rows += [
        f"| `{name}` | `{v}` | `{op}` |" for name, values in OPERATIONS.items() for v, op in values.items()
    ]
    assert [row for row in rows if row not in page] == []
    assert f"(version {VERSION})" in page
