from __future__ import annotations

import ast
import asyncio
import time
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from pullcord.intake import opcua
from pullcord.intake.listening import ListenerError, Origin
from pullcord.intake.opcua import OpcUaListener, OpcUaPlace, OpcUaSecurity
from pullcord.model.event import LogSource
from tests.intake.broker import free_port
from tests.intake.listeners import Kept, running, until
from tests.intake.opcua_server import Press, certificate, press

ORIGIN = Origin(name="press-7", asset="press-7")


def listener(url: str, *nodes: str) -> OpcUaListener:
    return OpcUaListener(ORIGIN, OpcUaPlace(url, nodes, interval=50.0), time.time_ns)


def test_changes_qualities_and_audits_of_a_real_server() -> None:
    async def scene() -> tuple[Kept, OpcUaListener, str]:
        kept = Kept(full=1)
        async with press() as plant:
            node = plant.force.nodeid.to_string()
            one = listener(plant.url, node, "ns=2;i=999")
            async with running(one, kept):
                await until(lambda: len(kept.events) == 1)
                await plant.force.write_value(2.5)
                code = ua.StatusCode(ua.UInt32(StatusCodes.UncertainLastUsableValue))
                await plant.force.write_value(ua.DataValue(ua.Variant(3.5), code))
                await until(lambda: len(kept.events) == 3)
                await plant.audit("agent-7", 9.5)
                await until(lambda: len(kept.events) == 4)
        return kept, one, node

    kept, one, node = asyncio.run(scene())
    values = [(event.attributes.get("ot.value"), event.attributes.get("ot.quality")) for event in kept.events]
    assert values == [(1.5, "good"), (2.5, "good"), (3.5, "uncertain"), (9.5, None)]
    first, audit = kept.events[0], kept.events[3]
    assert (first.attributes["ot.tag"], first.attributes["ot.node_id"]) == ("Force", node)
    assert first.logsource == LogSource(product="ai", category="ot", service="opcua")
    assert audit.attributes["ot.operation"] == "write"
    assert (audit.actor, audit.attributes["ot.tag"], audit.asset) == ("agent-7", "Force", "press-7")
    assert audit.attributes["message"] == "written by agent-7"
    assert (one.health()["refused_nodes"], one.health()["nodes"]) == (1, 1)


def test_a_server_that_goes_away_is_told_and_the_same_value_is_one() -> None:
    async def follow(plant: Press, kept: Kept) -> OpcUaListener:
        one = listener(plant.url, plant.force.nodeid.to_string())
        async with running(one, kept):
            await until(lambda: one.health()["events"] == 1)
        return one

    async def scene() -> Kept:
        kept = Kept()
        async with press() as plant:
            await follow(plant, kept)
            await follow(plant, kept)
            one = listener(plant.url, plant.force.nodeid.to_string())
            task = asyncio.create_task(one.run(kept.take))
            await until(lambda: one.health()["events"] == 1)
        with pytest.raises(ExceptionGroup) as lost:
            async with asyncio.timeout(20):
                await task
        assert lost.group_contains(ListenerError)
        with pytest.raises(ExceptionGroup) as absent:
            await listener(f"opc.tcp://127.0.0.1:{free_port()}").run(kept.take)
        assert absent.group_contains(ListenerError)
        return kept

    kept = asyncio.run(scene())
    assert (len(kept.events), kept.duplicates) == (1, 2)


def test_signed_and_encrypted_and_only_with_the_server_that_is_meant(tmp_path: Path) -> None:
    async def scene() -> Kept:
        kept = Kept()
        server, mine = await certificate(tmp_path, "server"), await certificate(tmp_path, "pullcord")
        other = await certificate(tmp_path, "other")
        async with press(server) as plant:
            node = plant.force.nodeid.to_string()
            for known in (server, other):
                security = OpcUaSecurity(
                    "Basic256Sha256", mine[0].read_bytes(), mine[1].read_bytes(), known[0].read_bytes()
                )
                place = OpcUaPlace(plant.url, (node,), interval=50.0, security=security, seconds=2.0)
                one = OpcUaListener(ORIGIN, place, time.time_ns)
                if known is server:
                    async with running(one, kept):
                        await until(lambda: len(kept.events) == 1)
                    assert "BEGIN" not in repr(place)
                    continue
                with pytest.raises(ExceptionGroup) as refused:
                    async with asyncio.timeout(20):
                        await one.run(kept.take)
                assert refused.group_contains(ListenerError)
        return kept

    assert len(asyncio.run(scene()).events) == 1


ALLOWED = {
    "client": {
        "create_subscription",
        "check_connection",
        "get_node",
        "set_user",
        "set_password",
        "set_security",
        "name",
        "application_uri",
    },
    "watch": {"subscribe_data_change", "subscribe_events"},
    "node": {"nodeid", "read_display_name"},
}
WRITING = (
    "write",
    "call",
    "set_value",
    "set_attr",
    "add_",
    "delete",
    "register",
    "import_",
    "modify",
    "publish",
    "history_update",
)


def test_nothing_is_ever_written_or_called() -> None:
    """The facade over the library: of its objects only what reads is used."""
    tree = ast.parse(Path(opcua.__file__).read_text(encoding="utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for name, allowed in ALLOWED.items():
        used = {node.attr for node in attributes if ast.unparse(node.value) == name}
        assert used == allowed, name
    assert not [node.attr for node in attributes if node.attr.lower().startswith(WRITING)]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not {"getattr", "vars_", "eval", "exec", "__import__"} & names
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert not {"Methods", "uamethod", "UaClient", "call_method"} & imported
