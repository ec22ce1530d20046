from __future__ import annotations

import gzip
import json

import pytest

from pullcord.app.output import to_ocsf
from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.hec import HecSender, to_hec
from pullcord.connectors.forward.posting import Poster
from tests.connectors.forward.receivers import Asked, http_server
from tests.connectors.forward.samples import sample
from tests.server.fakes import SOURCE, House
from tests.server.live import running

GOOD = 200, b'{"text":"Success","code":0}'


def collector(url: str, ack_seconds: float = 2) -> HecSender:
    return HecSender(Poster(url), "a-token", to_ocsf, "soc", ack_seconds)


def test_a_batch_arrives_as_hec_has_it() -> None:
    with http_server(lambda _: GOOD) as server:
        sender = collector(server.url)
        sender.send([sample(1), sample(2, asset=None)])
        sender.close()
    (asked,) = server.asked
    assert asked.path == "/services/collector/event"
    assert asked.headers["authorization"] == "Splunk a-token"
    assert len(asked.headers["x-splunk-request-channel"]) == 36
    assert asked.headers["content-encoding"] == "gzip"
    first, second = map(json.loads, gzip.decompress(asked.body).splitlines())
    assert first == {
        "time": 1_780_000_000.124,
        "host": "dryer-advisor",
        "source": "pullcord",
        "sourcetype": "pullcord:ocsf",
        "index": "soc",
        "fields": {"finding_id": sample(1).id, "severity": "high"},
        "event": to_ocsf(sample(1)),
    }
    assert "host" not in second


def test_without_an_index_the_token_decides() -> None:
    assert "index" not in to_hec(sample(), to_ocsf)


@pytest.mark.parametrize(
    ("path", "event", "ack"),
    [
        ("", "/services/collector/event", "/services/collector/ack"),
        ("/services/collector", "/services/collector/event", "/services/collector/ack"),
        (
            "/splunk/services/collector/event/1.0",
            "/splunk/services/collector/event/1.0",
            "/splunk/services/collector/ack",
        ),
    ],
)
def test_acknowledgement_is_waited_for(path: str, event: str, ack: str) -> None:
    looks: list[bytes] = []

    def answer(asked: Asked) -> tuple[int, bytes]:
        if "/ack?channel=" in asked.path:
            looks.append(asked.body)
            return 200, b'{"acks":{"7":%s}}' % (b"true" if len(looks) > 1 else b"false")
        return 200, b'{"text":"Success","code":0,"ackId":7}'

    with http_server(answer) as server:
        sender = collector(f"{server.url}{path}")
        sender.send([sample()])
        sender.close()
    assert looks == [b'{"acks":[7]}'] * 2
    channel = server.asked[0].headers["x-splunk-request-channel"]
    assert [one.path for one in server.asked] == [event, *[f"{ack}?channel={channel}"] * 2]


@pytest.mark.parametrize("body", [b'{"acks":{"7":false}}', b"no JSON", b'{"acks":[]}', b"[" * 5_000])
def test_what_is_not_acknowledged_is_sent_again(body: bytes) -> None:
    def answer(asked: Asked) -> tuple[int, bytes]:
        return (200, body) if "/ack" in asked.path else (200, b'{"code":0,"ackId":7}')

    with http_server(answer) as server:
        sender = collector(server.url, ack_seconds=0.1)
        with pytest.raises(UnreachableError, match="does not acknowledge"):
            sender.send([sample()])
        sender.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"text":"Incorrect index","code":7}'),
        (401, b'{"text":"Invalid token","code":3}'),
        (403, b"{}"),
        (404, b"nothing here"),
        (503, b'{"text":"Server is busy","code":9}'),
        (200, b"<html>a proxy</html>"),
        (200, b'{"text":"?","code":8}'),
        (302, b""),
    ],
)
def test_trouble_that_may_pass(status: int, body: bytes) -> None:
    with http_server(lambda _: (status, body)) as server:
        sender = collector(server.url)
        with pytest.raises(UnreachableError) as told:
            sender.send([sample()])
        assert "a-token" not in str(told.value)
        sender.close()


@pytest.mark.parametrize(("status", "body"), [(400, b'{"text":"Invalid data format","code":6}'), (413, b"")])
def test_data_that_it_will_never_have(status: int, body: bytes) -> None:
    with http_server(lambda _: (status, body)) as server:
        sender = collector(server.url)
        with pytest.raises(RefusedError):
            sender.send([sample()])
        sender.close()


def test_another_pullcord_takes_it_and_acknowledges() -> None:
    house = House()
    with running(house) as url:
        sender = HecSender(Poster(url), SOURCE, to_ocsf)
        sender.send([sample(1), sample(2)])
        sender.close()
    # Under ids of its own: who sends must not choose the id of a finding there.
    assert [(one.title, one.time, one.severity) for one in house.intake.findings] == [
        (one.title, one.time, one.severity) for one in (sample(1), sample(2))
    ]
