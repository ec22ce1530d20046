from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pullcord.demo import calling
from pullcord.demo.config import prepare
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.place import DENIALS, Plant, write, write_link
from pullcord.demo.story import AGENT, STRANGER
from tests.demo.programs import Receiver, running, until

TRACE = "ab" * 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def plant(folder: Path) -> Iterator[Plant]:
    made = prepare(folder)
    office, gateway = made.ports.office, made.ports.gateway
    with running(folder, "office", office), running(folder, "gateway", gateway, "/control"):
        yield made


@pytest.fixture(autouse=True)
def _nothing_denied(folder: Path) -> Iterator[None]:
    yield
    deny(folder)


def deny(folder: Path, **denial: object) -> None:
    denials = [{"action_id": "a", **denial}] if denial else []
    write(folder / DENIALS, json.dumps({"schema": "pullcord.tool-denials/1", "denials": denials}).encode())


def call(plant: Plant, tool: str, path: str = "/call", /, **arguments: object) -> dict[str, Any]:
    body = {"agent": AGENT, "tool": tool, "arguments": arguments, "dry_run": path == "/authorize"}
    headers = {"traceparent": f"00-{TRACE}-{'1' * 16}-01"}
    token = plant.tokens.agents if path == "/call" else ""
    return calling.ask("POST", plant.ports.gateway, path, body, token=token, headers=headers)


def sent(plant: Plant) -> int:
    token = plant.tokens.office
    return len(calling.ask("GET", plant.ports.office, "/sent", token=token)["sent"])


def test_a_call_reaches_the_office(plant: Plant) -> None:
    assert call(plant, "create_ticket", asset="R-11") == {"allowed": True, "result": "Ticket 70400 created"}
    assert call(plant, "open_door")["result"] == "no such tool"


def test_what_is_denied_is_not_done(plant: Plant, folder: Path) -> None:
    deny(folder, kind="restrict_tools", agents=[AGENT], tools=["send_mail"])
    before = sent(plant)
    assert call(plant, "send_mail", to=STRANGER) == {"allowed": False, "result": "denied by policy"}
    assert sent(plant) == before
    assert call(plant, "search_manual", query="x")["allowed"]


def test_a_destination_hides_in_no_list(plant: Plant, folder: Path) -> None:
    deny(folder, kind="block_destination", destinations=[STRANGER])
    before = sent(plant)
    assert not call(plant, "send_mail", to=STRANGER)["allowed"]
    assert not call(plant, "send_mail", to=[{"address": STRANGER.upper()}])["allowed"]
    assert sent(plant) == before
    assert call(plant, "send_mail", to="service@halden-pumps.example")["allowed"]


def test_to_ask_what_would_be_allowed_does_nothing(plant: Plant, folder: Path) -> None:
    before = sent(plant)
    assert call(plant, "send_mail", "/authorize", to=STRANGER) == {"allowed": True}
    deny(folder, kind="restrict_tools", agents=[AGENT], tools=["send_mail"])
    assert call(plant, "send_mail", "/authorize", to=STRANGER) == {"allowed": False}
    assert call(plant, "pullcord_control", "/authorize") == {"allowed": True}
    assert sent(plant) == before
    with pytest.raises(NoAnswerError) as caught:
        calling.ask("POST", plant.ports.gateway, "/authorize", {"tool": "x", "dry_run": False})
    assert caught.value.status == 400


def test_only_the_agent_may_call(plant: Plant) -> None:
    with pytest.raises(NoAnswerError) as caught:
        calling.ask("POST", plant.ports.gateway, "/call", {"agent": AGENT, "tool": "send_mail"})
    assert caught.value.status == 401


def test_a_refused_write_is_told_to_pullcord_by_the_gateway_itself(plant: Plant, folder: Path) -> None:
    with Receiver() as receiver:
        write_link(folder, receiver.url)
        answer = call(plant, "write_tag", tag="WI-07.limit", value="9.5")
        assert answer["result"] == "refused: outside the envelope (0.5 to 2.0)"
        assert until(lambda: len(receiver.events) == 1)
        (event,) = receiver.events
        assert event["trace_id"] == TRACE
        assert event["attributes"]["ot.envelope.result"] == "rejected"
        assert receiver.tokens["/api/v1/events"] == f"Bearer {(folder / 'secrets/gateway').read_text()}"
    write_link(folder, "http://127.0.0.1:1")


def test_without_the_line_a_write_fails_and_says_so(plant: Plant) -> None:
    assert call(plant, "write_tag", tag="WI-07.limit", value="1.0")["result"].startswith("failed")


def test_it_says_how_it_is(plant: Plant, folder: Path) -> None:
    write(folder / DENIALS, b"{")
    assert call(plant, "search_manual", "/authorize")["allowed"]
    assert "cannot be read" in calling.ask("GET", plant.ports.gateway, "/control")["problem"]
