from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.live.listener_settings import (
    FileListener,
    ListenerSettings,
    MailboxListener,
    MqttSettings,
    OpcUaSettings,
    SmtpListener,
    SyslogListener,
)
from pullcord.app.live.listeners import Maker
from pullcord.intake.mailbox_watch import MailboxWatch
from pullcord.intake.mqtt import MqttListener
from pullcord.intake.opcua import OpcUaListener
from pullcord.intake.smtp_server import SmtpServer
from pullcord.intake.syslog_server import SyslogServer
from pullcord.intake.tail import Tail
from pullcord.model.errors import UsageError
from tests.intake.certificates import self_signed
from tests.intake.memory import Memory


def maker(folder: Path) -> Maker:
    return Maker(folder, lambda reference: f"behind {reference}", SystemClock(), Memory())


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (SyslogListener(name="a", transport="udp"), SyslogServer),
        (
            SyslogListener(
                name="a", transport="tls", certificate="s.pem", key="file:s.key", client_ca="s.pem"
            ),
            SyslogServer,
        ),
        (FileListener(name="a", paths=("x",), zone="Europe/Berlin"), Tail),
        (SmtpListener(name="a", certificate="s.pem", key="file:s.key"), SmtpServer),
        (MailboxListener(name="a", path="x"), MailboxWatch),
        (
            MqttSettings(
                name="a", host="h", topics=("#",), tls=True, ca="s.pem", certificate="s.pem", key="file:s.key"
            ),
            MqttListener,
        ),
        (
            OpcUaSettings(
                name="a", url="opc.tcp://h", policy="Basic256Sha256", certificate="s.pem", key="file:s.key"
            ),
            OpcUaListener,
        ),
    ],
)
def test_each_kind_is_made(tmp_path: Path, table: ListenerSettings, kind: type) -> None:
    self_signed(tmp_path, "s")
    made = maker(tmp_path).make(table)
    assert isinstance(made, kind)
    assert made.name == "a"
    assert set(made.health().values()) == {0}


def test_paths_start_at_the_settings_and_secrets_are_looked_up(tmp_path: Path) -> None:
    tail = maker(tmp_path).make(FileListener(name="a", paths=("logs/*.log", "/var/log/x")))
    assert isinstance(tail, Tail)
    assert tail._place.patterns == (str(tmp_path / "logs/*.log"), "/var/log/x")
    broker = maker(tmp_path).make(MqttSettings(name="a", host="h", topics=("#",), password="env:P"))
    assert isinstance(broker, MqttListener)
    assert broker._place.password == "behind env:P"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (SyslogListener(name="a", zone="Mars/Base"), "no time zone"),
        (SyslogListener(name="a", certificate="s.pem", key="env:KEY"), "file:PATH"),
        (SyslogListener(name="a", certificate="s.pem", key="file:none"), "no certificate and key"),
        (
            SyslogListener(name="a", certificate="s.pem", key="file:s.key", client_ca="s.key"),
            "no certificates",
        ),
        (MqttSettings(name="a", host="h", topics=("#",), tls=True, ca="none"), "no certificates"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, table: ListenerSettings, why: str) -> None:
    self_signed(tmp_path, "s")
    with pytest.raises(UsageError, match=why):
        maker(tmp_path).make(table)


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pullcord.app.live.listeners.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="needs the package aiomqtt"):
        maker(tmp_path).make(MqttSettings(name="a", host="h", topics=("#",)))
