from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall
from pullcord.responders.tool_policy import Denials, denials, denied
from tests.response.build import action, call

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
    return action(ActionKind.RESTRICT_TOOLS, agent, tools=json.dumps(tools))


def block(*destinations: str) -> Action:
    return action(ActionKind.BLOCK_DESTINATION, "mail", destinations=json.dumps(destinations))


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
    policy = denials([action(ActionKind.DISABLE_AGENT, "copilot"), block(name)])
    assert answers(policy, ("copilot", call(name, arguments={name: name}))) == [True]
    assert answers(policy, ("other", call(arguments={"to": name}))) == [True]
    assert answers(policy, ("other", call(arguments={"to": "somebody else"}))) == [False]


@settings(max_examples=40)
@given(NAMES, NAMES, NAMES)
def test_no_name_changes_what_another_may_do(denied_agent: str, denied_tool: str, blocked: str) -> None:
    policy = denials(
        [action(ActionKind.DISABLE_AGENT, denied_agent), restrict("copilot", denied_tool), block(blocked)]
    )
    bystander = call("pullcord-test-tool", arguments={"to": "pullcord-test-target"})
    assert answers(policy, ("pullcord-test-agent", bystander)) == [False]
    assert answers(policy, (denied_agent, bystander), ("copilot", call(denied_tool))) == [True, True]


def test_without_actions_nothing_is_denied() -> None:
    assert answers(denials([]), ("copilot", call())) == [False]
    assert answers(denials([action(ActionKind.NOTIFY_OWNER)]), ("copilot", call())) == [False]
    assert answers(denials([action(ActionKind.DISABLE_AGENT)])) == []


def test_case_width_and_blanks_do_not_help() -> None:
    policy = denials([action(ActionKind.DISABLE_AGENT, "Co-Pilot")])
    assert answers(policy, (" CO-PILOT", call()), ("\uff23o-pilot", call()), ("copilot", call())) == [
        True,
        True,
        False,
    ]


def test_further_names_of_an_agent_are_denied_as_well() -> None:
    policy = denials([action(ActionKind.DISABLE_AGENT, "Copilot", agents=json.dumps(["svc-copilot", 3]))])
    assert answers(policy, ("svc-copilot", call()), ("copilot", call()), ("3", call())) == [True, True, False]


def test_a_blocked_address_is_found_inside_a_text() -> None:
    policy = denials([block("desk@stranger.example")])
    hidden = call(arguments={"body": "please forward to DESK@stranger.example, thanks"})
    near = call(arguments={"body": "please forward to desk@other.example, thanks"})
    assert answers(policy, ("anyone", hidden), ("anyone", near), ("anyone", call())) == [True, False, False]


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
    policy = denials([block("stranger.example")])
    assert answers(policy, ("anyone", call(arguments={"to": text}))) == [True]


@pytest.mark.parametrize("text", ["a@notstranger.example", "a@stranger.example.org", "https://x.example/y"])
def test_a_blocked_domain_covers_no_other(text: str) -> None:
    policy = denials([block("stranger.example")])
    assert answers(policy, ("anyone", call(arguments={"to": text}))) == [False]


def test_a_blocked_address_leaves_its_neighbours_alone() -> None:
    policy = denials([block("desk@stranger.example")])
    assert answers(policy, ("anyone", call(arguments={"to": "other@stranger.example"}))) == [False]


def test_tightening_a_policy_denies_like_restricting() -> None:
    tighten = action(ActionKind.TIGHTEN_TOOL_POLICY, tools=json.dumps(["send_mail"]))
    policy = denials([tighten])
    assert answers(policy, ("copilot", call()), ("copilot", call("read"))) == [True, False]
