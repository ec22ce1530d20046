from __future__ import annotations

import ast
import asyncio
import gc
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import paho.mqtt.publish as paho
import pytest

from pullcord.intake import mqtt
from pullcord.intake.listening import ListenerError, Origin
from pullcord.intake.mqtt import MqttListener, MqttPlace
from pullcord.intake.mqtt_events import LONGEST
from pullcord.intake.tls import client_context
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding
from tests.intake.broker import free_port, mosquitto
from tests.intake.certificates import self_signed
from tests.intake.listeners import Kept, running, until
from tests.intake.sparkplug_bytes import metric, payload

ORIGIN = Origin(name="broker", authenticated=True, site="North")


def listener(port: int, *topics: str, **more: object) -> MqttListener:
    place = MqttPlace("127.0.0.1", port, topics or ("#",), **more)  # type: ignore[arg-type]
    return MqttListener(ORIGIN, place, time.time_ns)


def publish(port: int, *messages: tuple[str, bytes], retain: bool = False) -> None:
    batch = [{"topic": topic, "payload": raw, "qos": 1, "retain": retain} for topic, raw in messages]
    paho.multiple(batch, hostname="127.0.0.1", port=port)  # type: ignore[arg-type]


async def connected(one: MqttListener) -> None:
    await until(lambda: one.health()["connections"] > 0)


@pytest.mark.needs("mosquitto")
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_values_and_sparkplug_through_a_real_broker(tmp_path: Path, version: str) -> None:
    birth = payload(metric("Temp", 20.5, 1), seq=0)
    data = payload(metric("", 21.5, 1, datatype=0), seq=1)

    async def scene(port: int) -> tuple[Kept, MqttListener]:
        kept, one = Kept(full=2), listener(port, "line/+/temp", "spBv1.0/#", version=version)
        async with running(one, kept):
            await connected(one)
            sent = [
                ("line/7/temp", b"19.5"),
                ("elsewhere", b"1"),
                ("spBv1.0/g/NBIRTH/e", birth),
                ("spBv1.0/g/NDATA/e", data),
                ("spBv1.0/g/NDATA/e", b"\xff"),
            ]
            await asyncio.to_thread(publish, port, *sent)
            await until(lambda: one.health()["events"] == 3)
        return kept, one

    with mosquitto(tmp_path) as port:
        kept, one = asyncio.run(scene(port))
    assert [event.attributes["ot.value"] for event in kept.events] == [19.5, 20.5, 21.5]
    assert kept.events[2].attributes["ot.tag"] == "g/e/Temp"
    assert (kept.events[0].trust, kept.events[0].site) == (SourceTrust.AUTHENTICATED, "North")
    assert (one.health()["received"], one.health()["rejected"], one.health()["busy"]) == (4, 1, 2)


async def once(one: MqttListener, kept: Kept) -> None:
    async with running(one, kept):
        await until(lambda: one.health()["events"] == 1)


@pytest.mark.needs("mosquitto")
def test_a_retained_message_is_one_over_reconnects(tmp_path: Path) -> None:
    async def scene(port: int) -> Kept:
        kept = Kept()
        await asyncio.to_thread(publish, port, ("line/7/mode", b"auto"), retain=True)
        for _ in range(2):
            await once(listener(port), kept)
        return kept

    with mosquitto(tmp_path) as port:
        kept = asyncio.run(scene(port))
    assert (len(kept.events), kept.duplicates) == (1, 1)


def test_a_flood_of_metrics_comes_in_batches() -> None:
    raw = payload(*[metric("m", 1)] * 1_500)

    async def scene() -> list[int]:
        sizes: list[int] = []

        async def take(events: Sequence[Event], findings: Sequence[Finding]) -> None:
            await asyncio.sleep(0)
            assert not findings
            sizes.append(len(events))

        one = listener(1)
        for _ in range(6):
            one._received("spBv1.0/g/NDATA/e", raw, retained=False)
        handing = asyncio.create_task(one._hand_on(take))
        await until(lambda: sum(sizes) == 9_000)
        handing.cancel()
        await asyncio.gather(handing, return_exceptions=True)
        return sizes

    assert max(asyncio.run(scene())) == 3_000


@pytest.mark.needs("mosquitto")
def test_a_message_that_is_too_large_does_not_come(tmp_path: Path) -> None:
    async def scene(port: int) -> MqttListener:
        kept, one = Kept(), listener(port)
        async with running(one, kept):
            await connected(one)
            await asyncio.to_thread(publish, port, ("big", b"x" * (LONGEST + 10)), ("small", b"1"))
            await until(lambda: bool(kept.events))
        assert kept.events[0].attributes["mqtt.topic"] == "small"
        return one

    with mosquitto(tmp_path) as port:
        assert asyncio.run(scene(port)).health()["received"] == 1


# The library leaves a socket behind when a handshake fails.
@pytest.mark.needs("mosquitto")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_and_a_password(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "pullcord", "sesame"], check=True)
    settings = (f"certfile {certificate}", f"keyfile {key}", f"password_file {passwords}")

    async def scene(port: int) -> None:
        one = listener(port, username="pullcord", password="sesame", tls=client_context(certificate))
        async with running(one, Kept()):
            await connected(one)
        for wrong in ({"password": "no", "tls": client_context(certificate)}, {"tls": client_context(None)}):
            with pytest.raises(ExceptionGroup) as refused:
                await listener(port, username="pullcord", **wrong).run(Kept().take)
            assert refused.group_contains(ListenerError)
            assert "sesame" not in str(refused.value.exceptions[0])

    with mosquitto(tmp_path, *settings) as port:
        asyncio.run(scene(port))
    gc.collect()


@pytest.mark.needs("mosquitto")
def test_a_broker_that_goes_away_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        with mosquitto(tmp_path) as port:
            one = listener(port)
            running_ = asyncio.create_task(one.run(Kept().take))
            await connected(one)
        with pytest.raises(ExceptionGroup) as lost:
            await running_
        assert lost.group_contains(ListenerError)
        with pytest.raises(ExceptionGroup):
            await listener(free_port()).run(Kept().take)

    asyncio.run(scene())


def test_nothing_is_ever_sent() -> None:
    """The facade over the library: of its client only what reads is used, and it is handed to nobody."""
    tree = ast.parse(Path(mqtt.__file__).read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("client", "library", "aiomqtt")
    }
    assert used == {"subscribe", "messages", "Client", "MqttError", "ProtocolVersion"}
    named = [
        ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "client"
    ]
    reached = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "client"
    ]
    # Every mention is one of these uses or the one that binds it: it is stored and passed nowhere.
    assert len(named) == len(reached) + 1
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    assert not words & {"publish", "will", "_client", "unsubscribe", "message_callback_add"}
    assert not {"getattr", "vars", "eval", "exec"} & {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
    }
