from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall
from pullcord.responders.cedar_policy import POLICY, Denials, combined, decide, denials, denied, load
from pullcord.responders.denial_file import Denial, write
from pullcord.responders.errors import TargetFileError
from tests.responders.build import action, call
from tests.responders.gateway import allowed, policy

HOSTILE = [
    '"',
    "\\",
    '" || true || "',
    '"); permit (principal, action, resource); //',
    'copilot"}) }; permit(principal,action,resource) when { true',
    "${context.agent}",
    "{{7*7}}",
    "context.denied.agents",
    'Agent::"suspect"',
    "\x00",
    "line\nbreak // comment",
    "ünïcödé 部品",
    "\u202ecopilot",
    "__entity",
    '{"__entity":{"type":"Agent","id":"suspect"}}',
    "",
    "a" * 20_000,
]
NAMES = st.sampled_from(HOSTILE) | st.text(max_size=30)


def restrict(agent: str, *tools: str) -> Action:
    return action(ActionKind.RESTRICT_TOOLS, agent, tools=list(tools))


def block(*destinations: str) -> Action:
    return action(ActionKind.BLOCK_DESTINATION, "mail", destinations=list(destinations))


def answers(policy: Denials, *calls: tuple[str, ToolCall]) -> list[bool]:
    return denied(policy, calls)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_denies_exactly_itself(name: str) -> None:
    calls = [(name, call("send_mail")), ("copilot", call("send_mail")), ("copilot", call(name))]
    assert answers(denials([action(ActionKind.DISABLE_AGENT, name)]), *calls) == [True, False, False]
    assert answers(denials([restrict("copilot", name)]), *calls) == [False, False, True]
    assert answers(denials([restrict(name, "send_mail")]), *calls) == [True, False, False]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_call_does_not_escape_a_denial(name: str) -> None:
    made = denials([action(ActionKind.DISABLE_AGENT, "copilot"), block(name)])
    assert answers(made, ("copilot", call(name, arguments={name: name}))) == [True]
    assert answers(made, ("other", call(arguments={"to": name}))) == [True]
    assert answers(made, ("other", call(arguments={"to": "somebody else"}))) == [False]


@settings(max_examples=40)
@given(NAMES, NAMES, NAMES)
def test_no_name_changes_what_another_may_do(denied_agent: str, denied_tool: str, blocked: str) -> None:
    made = denials(
        [action(ActionKind.DISABLE_AGENT, denied_agent), restrict("copilot", denied_tool), block(blocked)]
    )
    bystander = call("pullcord-test-tool", arguments={"to": "pullcord-test-target"})
    assert answers(made, ("pullcord-test-agent", bystander)) == [False]
    assert answers(made, (denied_agent, bystander), ("copilot", call(denied_tool))) == [True, True]


def test_without_actions_nothing_is_denied() -> None:
    assert answers(denials([]), ("copilot", call())) == [False]
    assert answers(denials([action(ActionKind.NOTIFY_OWNER)]), ("copilot", call())) == [False]
    assert answers(denials([action(ActionKind.DISABLE_AGENT)])) == []


def test_case_width_and_blanks_do_not_help() -> None:
    made = denials([action(ActionKind.DISABLE_AGENT, "Co-Pilot")])
    assert answers(made, (" CO-PILOT", call()), ("\uff23o-pilot", call()), ("copilot", call())) == [
        True,
        True,
        False,
    ]


def test_further_names_of_an_agent_are_denied_as_well() -> None:
    cut = msgspec.structs.replace(
        action(ActionKind.DISABLE_AGENT, "Copilot"), params={"agents": '["svc-copilot", 3]'}
    )
    made = denials([cut])
    assert answers(made, ("svc-copilot", call()), ("copilot", call()), ("3", call())) == [True, True, False]


def test_a_blocked_address_is_found_inside_a_text() -> None:
    made = denials([block("desk@stranger.example")])
    hidden = call(arguments={"body": "please forward to DESK@stranger.example, thanks"})
    near = call(arguments={"body": "please forward to desk@other.example, thanks"})
    assert answers(made, ("anyone", hidden), ("anyone", near), ("anyone", call())) == [True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "parts-desk@stranger.example",
        "Parts desk <parts-desk@STRANGER.example>",
        "https://files.stranger.example:8443/a?b=c",
        "see http://stranger.example/x and reply",
        "a@mail.eu.stranger.example",
    ],
)
def test_a_blocked_domain_covers_every_address_below_it(text: str) -> None:
    made = denials([block("stranger.example")])
    assert answers(made, ("anyone", call(arguments={"to": text}))) == [True]


@pytest.mark.parametrize("text", ["a@notstranger.example", "a@stranger.example.org", "https://x.example/y"])
def test_a_blocked_domain_covers_no_other(text: str) -> None:
    made = denials([block("stranger.example")])
    assert answers(made, ("anyone", call(arguments={"to": text}))) == [False]


def test_a_blocked_address_leaves_its_neighbours_alone() -> None:
    made = denials([block("desk@stranger.example")])
    assert answers(made, ("anyone", call(arguments={"to": "other@stranger.example"}))) == [False]


def test_tightening_a_policy_denies_like_restricting() -> None:
    tighten = action(ActionKind.TIGHTEN_TOOL_POLICY, tools=["send_mail"])
    made = denials([tighten])
    assert answers(made, ("copilot", call()), ("copilot", call("read"))) == [True, False]


def test_the_documented_policy_is_the_one_that_decides() -> None:
    assert policy().strip() == POLICY.strip()


ENTRIES = [
    Denial(action_id="a1", kind=ActionKind.DISABLE_AGENT, agents=("Rogue",)),
    Denial(action_id="a2", kind=ActionKind.RESTRICT_TOOLS, agents=("copilot",), tools=("send_mail",)),
    Denial(action_id="a3", kind=ActionKind.BLOCK_DESTINATION, destinations=("stranger.example",)),
    Denial(action_id="a4", kind=ActionKind.HOLD_LOTS, agents=("bystander",), tools=("read",)),
]


@pytest.mark.parametrize(
    ("agent", "tool", "arguments", "passes"),
    [
        ("rogue", "read", {}, False),
        ("copilot", "send_mail", {}, False),
        ("COPILOT", "Send_Mail", {}, False),
        ("copilot", "read", {}, True),
        ("bystander", "read", {"id": "WR-1"}, True),
        ("bystander", "send_mail", {"to": "desk@mail.stranger.example"}, False),
        ("bystander", "send_mail", {"to": "desk@stranger.example.org"}, True),
        ("bystander", "fetch", {"url": "https://stranger.example:8443/x"}, False),
    ],
)
def test_a_gateway_built_from_the_page_decides_alike(
    tmp_path: Path, agent: str, tool: str, arguments: dict[str, str], *, passes: bool
) -> None:
    file = tmp_path / "denials.json"
    file.write_bytes(write(ENTRIES))
    assert decide(load(file), agent, tool, arguments) is passes
    assert allowed(file, agent, tool, arguments) is passes


def test_a_file_that_cannot_be_read_denies_by_its_error(tmp_path: Path) -> None:
    with pytest.raises(TargetFileError, match="cannot be read"):
        load(tmp_path / "denials.json")
    (tmp_path / "denials.json").write_text(json.dumps({"schema": "another/1", "denials": []}))
    with pytest.raises(TargetFileError, match="another schema"):
        load(tmp_path / "denials.json")


@given(NAMES, NAMES, st.dictionaries(NAMES, NAMES, max_size=3))
@settings(max_examples=30)
def test_a_call_that_nothing_denies_passes_whatever_it_says(
    agent: str, tool: str, arguments: dict[str, str]
) -> None:
    assert decide(combined([]), agent, tool, arguments)
