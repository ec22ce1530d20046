from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.client.client import Client

from pullcord.analysis.sessions import build_session
from pullcord.app.inventory import read_inventory
from pullcord.app.judging import rule_files
from pullcord.demo import plc
from pullcord.demo.errors import PlantError
from pullcord.demo.place import DENIALS, FLAGS, Plant, write
from pullcord.demo.story import AGENT, RECIPE, STRANGER
from pullcord.demo.watch import DemoPlant
from pullcord.detection.behaviour import examine
from pullcord.detection.engine import Detector
from pullcord.detection.rules import load_rules
from pullcord.intake.context import Context
from pullcord.intake.native import decode
from pullcord.intake.wire import BodyKind, decode_body
from pullcord.model.event import Event
from tests.demo.programs import Receiver, attributes, until

PROCESSES = 6
"""The watcher, and what starts with the plant."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[DemoPlant]:
    made = DemoPlant(tmp_path_factory.mktemp("plant"))
    made.point_to(receiver.url)
    made.start()
    yield made
    made.stop()


def of_session(session: int) -> set[int]:
    """Process ids of a session that are still running."""
    found = set()
    for place in Path("/proc").iterdir():
        try:
            fields = (place / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            found.add(int(place.name))
    return found


async def request_manual(plant: Plant) -> None:
    client = Client(f"opc.tcp://127.0.0.1:{plant.ports.line}/", timeout=3.0)
    client.session_timeout = 60_000
    async with client:
        value = ua.Variant(plc.MANUAL, ua.VariantType.String)
        await client.get_node(f"ns=2;s={plc.REQUEST}").write_value(value)


def test_routine_twin_and_a_harmless_question_leave_nothing_to_see(plant: DemoPlant) -> None:
    for script in ("routine", "twin", "supplier"):
        asked = plant.ask(script)
        assert not asked.refused
        assert all(call["allowed"] for call in asked.calls)
    assert len(plant.tickets()) == 1
    assert [mail["to"] for mail in plant.sent()] == ["service@halden-pumps.example"]


def test_the_attack_mails_the_recipe_and_the_controller_refuses_the_write(
    plant: DemoPlant, receiver: Receiver
) -> None:
    plant.deliver_poison()
    asked = plant.ask("supplier")
    assert [call["tool"] for call in asked.calls] == ["search_mail", "read_recipe", "send_mail", "write_tag"]
    assert plant.sent()[-1] == {"to": STRANGER, "subject": "caps", "body": RECIPE}
    assert asked.calls[-1]["result"] == "refused: outside the envelope (0.5 to 2.0)"
    assert plant.line().limit == 1.2
    assert until(lambda: plant.untold() == 0)
    spans = receiver.of_trace(asked.trace_id)
    tools = [attributes(span).get("gen_ai.tool.name") for span in spans]
    assert [tool for tool in tools if tool] == ["search_mail", "read_recipe", "send_mail", "write_tag"]
    ids = [span.span_id.hex() for span in spans if span.name.startswith("execute_tool")]
    assert [call["span_id"] for call in asked.calls] == ids
    assert plant.would("send_mail") == "allowed"
    assert [event["trace_id"] for event in receiver.events] == [asked.trace_id]
    assert receiver.tokens["/v1/traces"] != receiver.tokens["/api/v1/events"]


def test_pullcord_sees_the_attack_in_it_and_nothing_in_the_rest(plant: DemoPlant, receiver: Receiver) -> None:
    attack = receiver.events[0]["trace_id"]
    traces: dict[str, list[Event]] = {}
    for request in receiver.requests:
        found = decode_body(BodyKind.TRACES, "application/x-protobuf", "", request, Context())
        assert found.rejected == 0
        for event in found.events:
            traces.setdefault(event.trace_id or "", []).append(event)
    assert len(traces) == 4
    domains = read_inventory(plant.folder / "plant.yaml").internal_domains
    assert {trace for trace in traces if examine(build_session(traces[trace]), domains)} == {attack}
    refused = decode(json.dumps(receiver.events[0]).encode(), Context())
    (finding,) = Detector(load_rules(rule_files(None))).detect([refused])
    assert finding.title == "AI wrote a value outside its envelope"


def test_what_is_denied_stops_the_attack(plant: DemoPlant) -> None:
    denial = {"action_id": "a", "kind": "block_destination", "destinations": [STRANGER]}
    file = {"schema": "pullcord.tool-denials/1", "denials": [denial]}
    write(plant.folder / DENIALS, json.dumps(file).encode())
    before = len(plant.sent())
    denied = {call["tool"] for call in plant.ask("supplier").calls if not call["allowed"]}
    assert denied == {"send_mail"}
    assert len(plant.sent()) == before


def test_switched_off_the_copilot_refuses_and_the_line_goes_on(plant: DemoPlant) -> None:
    flags = json.loads((plant.folder / FLAGS).read_bytes())
    flags["flags"][AGENT]["defaultVariant"] = "off"
    parts = plant.line().parts
    begin = time.monotonic()
    write(plant.folder / FLAGS, json.dumps(flags).encode())
    assert until(lambda: plant.ask("routine").refused, 5.0)
    assert time.monotonic() - begin < 1.5
    assert not plant.enabled()
    assert until(lambda: plant.line().parts > parts + 3, 5.0)


def test_a_mode_request_holds_lots_and_a_person_takes_it_back(plant: DemoPlant) -> None:
    plant.set_interlocks(operator_present=False)
    asyncio.run(request_manual(plant.plant))
    time.sleep(0.5)
    assert plant.line().mode == plc.AUTO
    plant.set_interlocks(operator_present=True)
    asyncio.run(request_manual(plant.plant))
    assert until(lambda: plant.line().mode == plc.MANUAL, 3.0)
    assert until(lambda: plant.line().parts_held > 1, 3.0)
    assert plant.line().lots_held
    plant.to_automatic()
    assert plant.release() > 1
    assert until(lambda: plant.line().mode == plc.AUTO and not plant.line().lots_held, 3.0)


def test_a_killed_program_comes_back(plant: DemoPlant) -> None:
    assert plant._process is not None
    (office,) = [
        pid
        for pid in of_session(plant._process.pid)
        if b"pullcord.demo.office" in (Path("/proc") / str(pid) / "cmdline").read_bytes()
    ]
    os.kill(office, signal.SIGKILL)
    assert until(lambda: plant._silent() is not None, 5.0)
    assert until(lambda: plant._silent() is None, 10.0)


def test_stopped_nothing_is_left_and_it_starts_again(plant: DemoPlant) -> None:
    assert plant._process is not None
    session = plant._process.pid
    assert len(of_session(session)) == PROCESSES
    plant.stop()
    assert of_session(session) == set()
    plant.stop()
    begin = time.monotonic()
    plant.start()
    assert time.monotonic() - begin < 15.0
    assert plant.line().mode == plc.AUTO


def test_a_new_plant_goes_on_where_a_killed_one_ended(tmp_path: Path) -> None:
    plant = DemoPlant(tmp_path)
    plant.start()
    asyncio.run(request_manual(plant.plant))
    plant.deliver_poison()
    assert until(lambda: plant.line().parts_held > 1, 5.0)
    plant.ask("supplier")
    before, sent = plant.line(), plant.sent()
    assert plant._process is not None
    # At once: the killed one has not come to its end, and its programs still answer.
    os.kill(plant._process.pid, signal.SIGKILL)
    again = DemoPlant(tmp_path)
    again.start()
    try:
        after = again.line()
        assert (after.mode, after.requests, after.limit) == (plc.MANUAL, 1, before.limit)
        assert after.parts >= before.parts
        assert after.parts_held >= before.parts_held
        assert again.sent() == sent
        assert again.ask("supplier").calls[-1]["tool"] == "write_tag", (
            "the poisoned mail still lies in the inbox"
        )
    finally:
        again.stop()
        plant.stop()


ORCHESTRATOR = """
import sys, time
from pathlib import Path
from pullcord.demo.watch import DemoPlant
plant = DemoPlant(Path(sys.argv[1]))
plant.start()
print(plant._process.pid, flush=True)
time.sleep(60)
"""


def test_nothing_survives_the_orchestrator(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", ORCHESTRATOR, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as orchestrator:
        assert orchestrator.stdout is not None
        session = int(orchestrator.stdout.readline())
        assert len(of_session(session)) == PROCESSES
        orchestrator.kill()
    assert until(lambda: not of_session(session), 12.0)


def test_a_plant_that_cannot_start_says_where_to_look_and_leaves_nothing(tmp_path: Path) -> None:
    plant = DemoPlant(tmp_path)
    with pytest.raises(PlantError, match="does not answer") as caught:
        plant.start(seconds=0.0)
    assert "log" in caught.value.cure
    assert plant._process is None
