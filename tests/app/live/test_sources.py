from __future__ import annotations

import asyncio
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import paho.mqtt.publish as paho
import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.live.pipeline import Pipeline
from pullcord.app.live.sources import Sources, StatePositions
from pullcord.app.settings import Settings, read_settings
from pullcord.model.errors import UsageError
from pullcord.model.event import Event, LogSource, SourceTrust
from pullcord.model.finding import Finding, FindingKind
from pullcord.store.folder import Store, open_folder
from tests.app.pipelines import running, until
from tests.gates.lint import ROOT
from tests.intake.broker import free_port, mosquitto
from tests.intake.memory import Memory


def settings(folder: Path, text: str) -> Settings:
    path = folder / "pullcord.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def kept(store: Store, pipeline: Pipeline) -> list[Event]:
    assert pipeline.lake.settle(10)
    return list(store.lake.window(0, 2**62))


def each(syslog: int, smtp: int, broker: int) -> str:
    return f"""
    [[listeners]]
    kind = "syslog"
    name = "devices"
    port = {syslog}
    authenticated = true
    allow = ["127.0.0.0/8"]
    product = "linux"
    [[listeners]]
    kind = "file"
    name = "gateway-log"
    paths = ["gateway*.log"]
    [[listeners]]
    kind = "smtp"
    name = "reports"
    port = {smtp}
    [[listeners]]
    kind = "mqtt"
    name = "broker"
    host = "127.0.0.1"
    port = {broker}
    topics = ["line/#"]
    """


@pytest.mark.needs("mosquitto")
def test_every_kind_arrives_in_the_lake_and_the_file_goes_on_after_a_restart(tmp_path: Path) -> None:
    log, syslog, smtp = tmp_path / "gateway.log", free_port(), free_port()
    log.write_text("<14>1 2026-09-21T10:00:00Z press agent - - - one\n")
    with mosquitto(tmp_path) as broker:
        found = settings(tmp_path, each(syslog, smtp, broker))
        with running(tmp_path / "state") as (store, pipeline):
            sources = Sources(found, pipeline.take, SystemClock(), StatePositions(store.state))
            sources.start()
            try:
                until(lambda: not sources.down() and sources.health()["broker"]["connections"])
                deliver(syslog, smtp, broker)
                until(lambda: pipeline.health()["ingest"]["new"] >= 5)
                assert sources.health()["devices"]["running"] == 1
            finally:
                sources.close()
            events = kept(store, pipeline)
            assert {event.source for event in events} == {"devices", "gateway-log", "reports", "broker"}
            (device,) = [event for event in events if event.source == "devices"]
            assert device.logsource == LogSource(product="linux", service="sshd")
            assert device.trust is SourceTrust.AUTHENTICATED
            with store.state.transaction() as tx:
                assert FindingKind.REPORT in {finding.kind for finding in tx.findings()}
            with log.open("a") as file:
                file.write("<14>1 2026-09-21T10:00:01Z press agent - - - two\n")
            again = Sources(found, pipeline.take, SystemClock(), StatePositions(store.state))
            again.start()
            try:
                until(lambda: again.health()["gateway-log"]["events"] == 1)
            finally:
                again.close()
            texts = [
                event.attributes["message"]
                for event in kept(store, pipeline)
                if event.source == "gateway-log"
            ]
            assert sorted(map(str, texts)) == ["one", "two"]


def deliver(syslog: int, smtp: int, broker: int) -> None:
    """Send one thing to each."""
    with socket.create_connection(("127.0.0.1", syslog)) as device:
        device.sendall(b"<38>Sep 21 10:00:00 press sshd[7]: Failed password\n")
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "odd", "ana@plant.example", "odd@plant.example"
    made.set_content("The copilot told me something odd.")
    with smtplib.SMTP("127.0.0.1", smtp, timeout=10) as client:
        client.send_message(made)
    paho.multiple(
        [{"topic": "line/7", "payload": b"1.5"}, {"topic": "line/8", "payload": b"2.5"}],
        hostname="127.0.0.1",
        port=broker,
    )


def test_kills_lose_and_double_no_line(tmp_path: Path) -> None:
    logs, number = tmp_path / "logs", 0
    logs.mkdir()
    command = [sys.executable, "-m", "tests.app.live.dying_sources", str(tmp_path)]
    for round_ in range(3):
        child = subprocess.Popen(command, cwd=ROOT)
        end = time.monotonic() + 2.5 + 0.3 * round_
        while time.monotonic() < end:
            with (logs / "a.log").open("a") as file:
                file.writelines(
                    f"<14>1 2026-09-21T10:00:00Z press agent - - - {n}\n" for n in range(number, number + 20)
                )
            number += 20
            if number % 400 == 0:
                (logs / "a.log").rename(logs / f"a.log.{number}")
            time.sleep(0.005)
        child.kill()
        child.wait()
    (tmp_path / "done").touch()
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    with open_folder(tmp_path / "state") as store:
        texts = [event.attributes["message"] for event in store.lake.window(0, 2**62)]
    assert sorted(int(str(text)) for text in texts) == list(range(number))


async def nowhere(events: Sequence[Event], findings: Sequence[Finding]) -> None:
    raise AssertionError((events, findings))


def test_a_listener_that_fails_is_started_again_and_the_others_go_on(tmp_path: Path) -> None:
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy, free = taken.getsockname()[1], free_port()
        found = settings(
            tmp_path,
            f"""
            [[listeners]]
            kind = "syslog"
            name = "busy"
            port = {busy}
            [[listeners]]
            kind = "syslog"
            name = "free"
            transport = "udp"
            port = {free}
            """,
        )
        sources = Sources(found, nowhere, SystemClock(), Memory(), lines.append)
        sources.start()
        until(lambda: sources.health()["busy"]["restarts"] == 1)
        assert sources.down() == ["busy"]
        taken.close()
        until(lambda: not sources.down())
    sources.close()
    assert "listener busy: OSError" in lines[0]
    assert sources.down() == ["busy", "free"]
    assert set(sources.health()) == {"busy", "free", "in_all"}


def test_no_listeners_no_thread(tmp_path: Path) -> None:
    sources = Sources(Settings(folder=tmp_path), nowhere, SystemClock(), Memory())
    sources.start()
    sources.close()
    assert sources.health() == {}


def test_closing_does_not_wait_for_an_intake_that_is_stuck(tmp_path: Path) -> None:
    async def stuck(events: Sequence[Event], findings: Sequence[Finding]) -> None:
        await asyncio.sleep(600)

    port = free_port()
    table = f'[[listeners]]\nkind = "syslog"\nname = "a"\nport = {port}'
    sources = Sources(settings(tmp_path, table), stuck, SystemClock(), Memory())
    sources.start()
    until(lambda: sources.health()["a"]["running"])
    time.sleep(0.2)
    with socket.create_connection(("127.0.0.1", port)) as device:
        device.sendall(b"<14>x\n")
        until(lambda: sources.health()["a"]["received"])
        begun = time.monotonic()
        sources.close()
    assert time.monotonic() - begun < 8


def test_what_is_missing_is_told_before_anything_listens(tmp_path: Path) -> None:
    table = '[[listeners]]\nkind = "syslog"\nname = "a"\ntransport = "tls"\ncertificate = "c"\nkey = "file:k"'
    with pytest.raises(UsageError, match="no certificate"):
        Sources(settings(tmp_path, table), nowhere, SystemClock(), Memory())
