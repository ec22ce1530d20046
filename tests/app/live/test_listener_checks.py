from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.live.listener_settings import FileListener, MqttSettings, OpcUaSettings, SyslogListener
from pullcord.app.settings import read_settings
from pullcord.model.errors import UsageError

HEAD = '[[listeners]]\nname = "a"\nkind = '
MQTT = HEAD + '"mqtt"\nhost = "10.0.0.1"\ntopics = ["a/#"]\n'
OPCUA = HEAD + '"opcua"\nurl = "opc.tcp://10.0.0.1:4840"\n'

EACH = """
[[listeners]]
kind = "syslog"
name = "ot-monitor"
transport = "tls"
host = "10.1.2.3"
port = 6514
remote = true
certificate = "tls/cert.pem"
key = "file:tls/key.pem"
client_ca = "tls/ca.pem"
authenticated = true
category = "ot"
zone = "Europe/Berlin"
[[listeners]]
kind = "file"
name = "gateway"
paths = ["/var/log/gateway/*.log"]
start = "end"
[[listeners]]
kind = "smtp"
name = "mail"
recipients = ["odd@plant.example"]
[[listeners]]
kind = "mailbox"
name = "box"
path = "/var/mail/odd"
[[listeners]]
kind = "mqtt"
name = "broker"
host = "broker.plant.example"
topics = ["spBv1.0/#"]
tls = true
authenticated = true
[[listeners]]
kind = "opcua"
name = "press"
url = "opc.tcp://127.0.0.1:4840"
nodes = ["ns=2;s=Press.Force"]
authenticated = true
"""


def read(folder: Path, text: str) -> list[object]:
    (folder / "pullcord.toml").write_text(text, encoding="utf-8")
    return list(read_settings(folder / "pullcord.toml").listeners)


def test_one_of_each_kind(tmp_path: Path) -> None:
    found = read(tmp_path, EACH)
    assert [type(one).__name__ for one in found] == [
        *(
            "SyslogListener",
            "FileListener",
            "SmtpListener",
            "MailboxListener",
            "MqttSettings",
            "OpcUaSettings",
        )
    ]
    assert isinstance(found[0], SyslogListener)
    assert isinstance(found[1], FileListener)
    assert isinstance(found[4], MqttSettings)
    assert isinstance(found[5], OpcUaSettings)
    assert (found[0].port, found[1].start, found[4].port, found[5].interval_ms) == (6514, "end", 1883, 500)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + '"telnet"', "telnet"),
        (HEAD + '"syslog"\nprot = 5', "prot"),
        (HEAD + '"syslog"\nport = 70000', "70000|<= 65535"),
        (HEAD.replace('"a"', '"a b"') + '"syslog"', "other marks"),
        (HEAD + '"syslog"\n' + HEAD + '"syslog"', "a stands there twice"),
        (HEAD + '"syslog"\nhost = "0.0.0.0"', "others could send"),
        (HEAD + '"smtp"\nhost = "mail.plant.example"', "others could send"),
        (HEAD + '"smtp"\nauthenticated = true', "authenticated"),
        (HEAD + '"syslog"\nallow = ["plant"]', "no network"),
        (HEAD + '"syslog"\ntransport = "tls"', "do not fit"),
        (HEAD + '"syslog"\ncertificate = "c"', "belong together"),
        (HEAD + '"syslog"\nclient_ca = "c"', "without TLS"),
        (HEAD + '"syslog"\ntransport = "udp"\nauthenticated = true\nallow = ["10.0.0.0/8"]', "can be forged"),
        (HEAD + '"syslog"\nauthenticated = true', "anybody may send"),
        (HEAD + '"file"\npaths = ["/var/log/**"]', "without `\\*\\*`"),
        (HEAD + '"file"\npaths = []', "paths"),
        (MQTT + "authenticated = true", "can be forged"),
        (MQTT + 'ca = "x"', "without TLS"),
        (MQTT + 'tls = true\ncertificate = "x"', "belong together"),
        (MQTT + 'writes = ["a/#/b"]', "no topic filter"),
        (MQTT + 'writes = ["a+"]', "no topic filter"),
        (OPCUA + "events = false", "neither"),
        (OPCUA + 'nodes = ["Press.Force"]', "no node id"),
        (OPCUA + "authenticated = true", "can be forged"),
        (OPCUA + 'policy = "Basic256Sha256"', "belong together"),
        (OPCUA + 'username = "u"\npassword = "env:X"', "in clear"),
        (OPCUA.replace("opc.tcp", "http"), "url"),
        (OPCUA.replace("10.0.0.1", "[10"), "`url` is none"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        read(tmp_path, text)
    assert str(tmp_path) in caught.value.cause


def test_listeners_are_bounded(tmp_path: Path) -> None:
    tables = [f'[[listeners]]\nkind = "syslog"\nname = "n{number}"\n' for number in range(65)]
    with pytest.raises(UsageError, match="65 listeners"):
        read(tmp_path, "".join(tables))
