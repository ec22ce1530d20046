from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from pullcord.app.live.forward_senders import MOST, destinations, place_of
from pullcord.app.live.forward_settings import Forward
from pullcord.app.output import to_ocsf
from pullcord.model.errors import UsageError
from pullcord.model.finding import Severity
from tests.connectors.forward.certificates import self_signed
from tests.connectors.forward.receivers import SyslogServer, datagrams, http_server
from tests.connectors.forward.samples import sample

SECRETS = {"env:TOKEN": "a-token", "env:HOOK": "a secret of more than 24 bytes", "env:BAD": "two words"}
HEC = {"kind": "hec", "name": "splunk", "url": "https://splunk:8088", "token": "env:TOKEN"}
HOOK = {"kind": "webhook", "name": "hook", "url": "https://hook", "secret": "env:HOOK"}
SYSLOG = {"kind": "syslog", "name": "siem", "address": "siem:6514"}


def read(*tables: Mapping[str, object]) -> list[Forward]:
    return msgspec.convert(list(tables), list[Forward], strict=False)


def test_each_kind_is_made_as_it_says(tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path)
    with (
        datagrams() as udp,
        SyslogServer(context) as tls,
        http_server(lambda _: (200, b'{"code":0}')) as http,
    ):
        port = udp.getsockname()[1]
        made = destinations(
            read(
                SYSLOG
                | {"address": f"127.0.0.1:{port}", "transport": "udp", "format": "ocsf", "severity": "high"},
                SYSLOG
                | {
                    "name": "tls",
                    "address": f"localhost:{tls.port}",
                    "ca": certificate.name,
                    "history": True,
                },
                HEC | {"url": http.url, "index": "soc"},
                HOOK | {"url": f"{http.url}/hook"},
            ),
            tmp_path,
            SECRETS.__getitem__,
        )
        assert [(one.name, one.least, one.history) for one in made] == [
            ("siem", Severity.HIGH, False),
            ("tls", Severity.INFORMATIONAL, True),
            ("splunk", Severity.INFORMATIONAL, False),
            ("hook", Severity.INFORMATIONAL, False),
        ]
        for one in made:
            one.sender.send([sample()])
            one.sender.close()
        _, _, text = udp.recv(65_536).partition(b" - finding - ")
        assert json.loads(text) == to_ocsf(sample())
        assert tls.connections == 1
        assert [one.path for one in http.asked] == ["/services/collector/event", "/hook"]
        assert http.asked[0].headers["authorization"] == "Splunk a-token"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (HEC | {"url": "http://splunk:8088"}, "forward splunk: .*in clear"),
        (HEC | {"token": "env:BAD"}, "forward splunk: the token does not fit"),
        (HOOK | {"secret": "env:TOKEN"}, "forward hook: the secret .* fewer than 24"),
        (HOOK | {"ca": "missing.pem"}, "forward hook: .*missing.pem"),
        (SYSLOG | {"address": "siem"}, "forward siem: 'siem' is no address"),
        (SYSLOG | {"transport": "tcp", "ca": "x.pem"}, "certificates do not go with tcp"),
    ],
)
def test_mistakes_are_said_at_start(table: Mapping[str, object], why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why) as told:
        destinations(read(table), tmp_path, SECRETS.__getitem__)
    assert not [secret for secret in SECRETS.values() if re.search(secret, str(told.value))]


@pytest.mark.parametrize(
    "table",
    [
        HEC | {"name": "two words"},
        HEC | {"name": ""},
        HEC | {"kind": "pigeon"},
        HEC | {"address": "x"},
        HOOK | {"severity": "awful"},
        SYSLOG | {"transport": "rfc1149"},
        {"kind": "hec", "name": "x"},
    ],
)
def test_settings_are_strict(table: Mapping[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(table)


def test_names_are_unique_and_destinations_bounded(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="splunk stands there twice"):
        destinations(read(HEC, HEC), tmp_path, SECRETS.__getitem__)
    many = [HEC | {"name": f"n{number}"} for number in range(MOST + 1)]
    with pytest.raises(UsageError, match="the limit is 16"):
        destinations(read(*many), tmp_path, SECRETS.__getitem__)
    assert len(destinations(read(*many[:MOST]), tmp_path, SECRETS.__getitem__)) == MOST


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("siem.example:514", ("siem.example", 514)),
        ("[::1]:6514", ("::1", 6514)),
        ("10.0.0.7:1", ("10.0.0.7", 1)),
    ],
)
def test_addresses(address: str, place: tuple[str, int]) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "",
        ":1",
        "a",
        "a:",
        "a:b",
        "a:0",
        "a:65536",
        "::1:514",
        "a:٣",
        "a:-1",
        "[]:5",
        "[siem]:5",
        "a b:5",
        f"{'x' * 64}:5",
        "wärme:5",
        "a..b:5",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        place_of(address)
