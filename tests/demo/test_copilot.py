from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pullcord.demo import calling
from pullcord.demo.config import prepare
from pullcord.demo.copilot import SWITCHED_OFF
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.place import FLAGS, Plant, write, write_link
from tests.demo.programs import Receiver, attributes, running, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copilot")


@pytest.fixture(scope="module")
def plant(folder: Path) -> Iterator[Plant]:
    made = prepare(folder)
    ports = made.ports
    with (
        running(folder, "office", ports.office),
        running(folder, "gateway", ports.gateway, "/control"),
        running(folder, "copilot", ports.copilot, "/enabled"),
    ):
        yield made


def ask(plant: Plant, script: str, number: int = 0) -> dict[str, Any]:
    body = {"script": script, "number": number}
    return calling.ask("POST", plant.ports.copilot, "/ask", body, token=plant.tokens.technician)


def enabled(plant: Plant) -> bool:
    return bool(calling.ask("GET", plant.ports.copilot, "/enabled")["enabled"])


def switch(folder: Path, variant: str) -> None:
    file = json.loads((folder / FLAGS).read_bytes())
    file["flags"]["maintenance-copilot"]["defaultVariant"] = variant
    write(folder / FLAGS, json.dumps(file).encode())


def test_a_session_reaches_pullcord_whole(plant: Plant, folder: Path) -> None:
    with Receiver() as receiver:
        write_link(folder, receiver.url)
        answer = ask(plant, "routine", 3)
        assert until(lambda: len(receiver.of_trace(answer["trace_id"])) == 6)
        spans = receiver.of_trace(answer["trace_id"])
        assert receiver.resources[0]["service.name"] == "maintenance-copilot"
    assert [span.name for span in spans][-1] == "invoke_agent maintenance-copilot"
    calls = [attributes(span) for span in spans if span.name.startswith("execute_tool")]
    assert [one["gen_ai.tool.name"] for one in calls] == ["search_manual", "create_ticket"]
    assert json.loads(calls[1]["gen_ai.tool.call.arguments"])["asset"] == "R-14"
    assert calls[1]["gen_ai.tool.call.result"].startswith("Ticket")
    assert "R-14" in answer["answer"]


def test_without_pullcord_it_answers_as_fast_and_tells_later(plant: Plant, folder: Path) -> None:
    write_link(folder, "http://127.0.0.1:1")
    begin = time.monotonic()
    answer = ask(plant, "twin")
    assert time.monotonic() - begin < 2.0
    assert not answer["refused"]
    time.sleep(1.0)
    with Receiver() as receiver:
        write_link(folder, receiver.url)
        assert until(lambda: len(receiver.of_trace(answer["trace_id"])) == 6)
    assert calling.ask("GET", plant.ports.copilot, "/telemetry")["lost"] == 0


def test_switched_off_it_refuses_within_a_second_and_a_half(plant: Plant, folder: Path) -> None:
    assert enabled(plant)
    switch(folder, "off")
    begin = time.monotonic()
    try:
        assert until(lambda: bool(ask(plant, "routine")["refused"]), 5.0)
        assert time.monotonic() - begin < 1.5
        answer = ask(plant, "routine")
        assert (answer["answer"], answer["calls"]) == (SWITCHED_OFF, [])
        assert not enabled(plant)
    finally:
        switch(folder, "on")
    assert until(lambda: enabled(plant))


def test_only_known_scripts_and_only_for_a_technician(plant: Plant) -> None:
    with pytest.raises(NoAnswerError) as caught:
        ask(plant, "__class__")
    assert caught.value.status == 404
    with pytest.raises(NoAnswerError) as caught:
        calling.ask("POST", plant.ports.copilot, "/ask", {"script": "routine"})
    assert caught.value.status == 401
