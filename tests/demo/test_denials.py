from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.demo.denials import Enforcement
from pullcord.responders.cedar_policy import combined, decide
from pullcord.responders.denial_file import Denial, write

AGENT = "maintenance-copilot"


def put(path: Path, *denials: dict[str, object]) -> None:
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({"schema": "pullcord.tool-denials/1", "denials": denials}))
    aside.replace(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "denials.json"


def test_without_a_file_everything_is_allowed(path: Path) -> None:
    assert Enforcement(path).allows(AGENT, "send_mail", {"to": "a@b.example"})


def test_a_tool_is_denied_to_its_agent_alone_and_a_change_is_seen(path: Path) -> None:
    enforcement = Enforcement(path)
    put(path, {"action_id": "a", "kind": "restrict_tools", "agents": [AGENT], "tools": ["send_mail"]})
    assert not enforcement.allows(AGENT, "send_mail", {})
    assert not enforcement.allows(" Maintenance-Copilot", "SEND_MAIL", {})
    assert enforcement.allows(AGENT, "read_mail", {})
    assert enforcement.allows("another", "send_mail", {})
    put(path)
    assert enforcement.allows(AGENT, "send_mail", {})
    path.unlink()
    assert enforcement.allows(AGENT, "send_mail", {})


@pytest.mark.parametrize("blocked", ["parts@evil.example", "evil.example"])
def test_a_destination_is_denied_to_everybody(path: Path, blocked: str) -> None:
    put(path, {"action_id": "a", "kind": "block_destination", "destinations": [blocked], "tools": []})
    enforcement = Enforcement(path)
    assert not enforcement.allows("anyone", "send_mail", {"to": "PARTS@evil.example"})
    assert not enforcement.allows("anyone", "send_mail", {"body": '["see parts@evil.example"]'})
    assert enforcement.allows("anyone", "send_mail", {"to": "parts@good.example"})


def test_a_whole_agent_is_denied(path: Path) -> None:
    put(path, {"action_id": "a", "kind": "disable_agent", "agents": [AGENT]})
    enforcement = Enforcement(path)
    assert not enforcement.allows(AGENT, "anything", {})
    assert enforcement.allows("another", "anything", {})


def test_garbage_keeps_what_was_denied(path: Path) -> None:
    enforcement = Enforcement(path)
    put(path, {"action_id": "a", "kind": "restrict_tools", "agents": [AGENT], "tools": ["send_mail"]})
    assert not enforcement.allows(AGENT, "send_mail", {})
    path.write_bytes(b"{")
    assert not enforcement.allows(AGENT, "send_mail", {})
    assert enforcement.allows(AGENT, "read_mail", {})
    assert enforcement.problem


@pytest.mark.parametrize("data", [b"{", b'{"schema":"another/1"}', b"\xff", b"[]"])
def test_garbage_from_the_start_denies_everything(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    enforcement = Enforcement(path)
    assert not enforcement.allows(AGENT, "read_mail", {})
    assert enforcement.problem


def test_a_file_that_may_not_be_looked_at_denies_everything(path: Path) -> None:
    enforcement = Enforcement(path / "below" / "x")
    path.write_bytes(b"a file, no folder")
    assert not enforcement.allows(AGENT, "read_mail", {})
    assert "looked at" in enforcement.problem


names = st.sampled_from([AGENT, "Other", "OTHER ", "a@x.example", "sub.x.example", "x.example"])
entries = st.builds(
    Denial,
    action_id=st.just("a"),
    kind=st.sampled_from(["disable_agent", "restrict_tools", "tighten_tool_policy", "block_destination"]),
    agents=st.lists(names, max_size=2).map(tuple),
    tools=st.lists(names, max_size=2).map(tuple),
    destinations=st.lists(names, max_size=2).map(tuple),
)


@given(st.lists(entries, max_size=3), names, names, names)
def test_it_decides_as_pullcord_expects(found: list[Denial], agent: str, tool: str, value: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "denials.json"
        path.write_bytes(write(found))
        mine = Enforcement(path).allows(agent, tool, {"to": value})
    assert mine == decide(combined(found), agent, tool, {"to": value})
