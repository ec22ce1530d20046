from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.plan import ActionKind
from pullcord.responders.denial_file import SCHEMA, Denial, entry_of, listed, parse, write
from pullcord.responders.errors import TargetFileError
from tests.responders.build import action

RESTRICT = action(ActionKind.RESTRICT_TOOLS, tools=["send_mail", "send_mail"], agents=["Co-Pilot"])
BLOCK = action(ActionKind.BLOCK_DESTINATION, "a.example", destinations=["a.example"], agents=["copilot"])
TEXTS = st.lists(st.text(max_size=20), max_size=4).map(tuple)


@given(st.lists(st.tuples(st.text(max_size=20), TEXTS, TEXTS, TEXTS), max_size=5))
def test_what_is_written_is_read(
    rows: list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]],
) -> None:
    entries = tuple(
        Denial(
            action_id=name, kind=ActionKind.RESTRICT_TOOLS, agents=agents, tools=tools, destinations=places
        )
        for name, agents, tools, places in rows
    )
    assert parse(write(entries)) == entries


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: json.dumps(text).encode()))
def test_whatever_else_stands_there_is_refused(data: bytes) -> None:
    with pytest.raises(TargetFileError):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        {"schema": "another", "denials": []},
        {"denials": []},
        {"schema": SCHEMA, "denials": [{}]},
        {"schema": SCHEMA, "denials": [{"action_id": "a", "kind": "no such kind"}]},
        {"schema": SCHEMA, "denials": [{"action_id": "a", "kind": "disable_agent", "agent": []}]},
        {"schema": SCHEMA, "denials": [{"action_id": "a", "kind": "disable_agent", "agents": ["x" * 2_001]}]},
        {"schema": SCHEMA, "denials": [{"action_id": "a", "kind": "disable_agent"}] * 2_001},
    ],
)
def test_another_form_is_refused(data: object) -> None:
    with pytest.raises(TargetFileError):
        parse(json.dumps(data).encode())


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(TargetFileError):
        parse(b'{"schema":' + b"[" * 200_000)


def test_a_restriction_names_agents_and_tools() -> None:
    entry = entry_of(RESTRICT, ["svc"])
    assert entry is not None
    assert (entry.agents, entry.tools, entry.destinations) == (
        ("Co-Pilot", "copilot", "svc"),
        ("send_mail",),
        (),
    )


def test_a_block_holds_for_everybody() -> None:
    entry = entry_of(BLOCK, ["svc"])
    assert entry is not None
    assert (entry.agents, entry.tools, entry.destinations) == ((), (), ("a.example",))


def test_an_action_that_names_nothing_or_too_much_has_no_entry() -> None:
    assert entry_of(action(ActionKind.RESTRICT_TOOLS), []) is None
    assert entry_of(action(ActionKind.BLOCK_DESTINATION, tools=["x"]), []) is None
    assert entry_of(action(ActionKind.RESTRICT_TOOLS, tools=[str(n) for n in range(201)]), []) is None
    assert entry_of(action(ActionKind.RESTRICT_TOOLS, tools=["x" * 2_001]), []) is None


@pytest.mark.parametrize(
    ("text", "found"), [("", []), ("{}", []), ('["a", 1, null]', ["a"]), ("[" * 99_999, [])]
)
def test_a_parameter_that_is_no_list_of_texts_names_nothing(text: str, found: list[str]) -> None:
    assert listed(msgspec.structs.replace(RESTRICT, params={"tools": text}), "tools") == found
