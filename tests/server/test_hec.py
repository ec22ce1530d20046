from __future__ import annotations

import gzip
import http.client
import json
import logging
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.model.event import SourceTrust
from tests.intake.formats.samples import SURICATA_ALERT, WAZUH
from tests.server.fakes import FIELD, NOW, PERSON, SOURCE, Client, House
from tests.server.live import running

ROOT = "/services/collector"
CHANNEL = "FE0ECFAD-13D5-401B-847D-77833BD77131"


def splunk(token: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Splunk {token}"} | {
        name.replace("_", "-"): text for name, text in more.items()
    }


class HecHandler(logging.Handler):
    """What a program with python's logging and a collector does; one connection, one object per record."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        place = urlsplit(url)
        self.wire = http.client.HTTPConnection(place.hostname or "", place.port or 0, timeout=10)
        self.token = token
        self.answers: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        body = json.dumps(
            {
                "time": f"{record.created:.6f}",
                "host": "edge-7",
                "sourcetype": "python",
                "event": {"message": record.getMessage(), "level": record.levelname},
                "fields": {"line": record.lineno, "tags": ["a", "b"]},
            }
        )
        self.wire.request("POST", f"{ROOT}/event", body.encode(), splunk(self.token))
        answer = self.wire.getresponse()
        self.answers.append(json.loads(answer.read()) | {"status": answer.status})

    def close(self) -> None:
        self.wire.close()
        super().close()


def test_python_logging_over_the_wire(house: House) -> None:
    with running(house) as url:
        handler = HecHandler(url, SOURCE)
        log = logging.getLogger("pullcord.tests.hec")
        log.propagate = False
        log.addHandler(handler)
        try:
            log.warning("tool %s was called", "write_recipe")
            log.error("and failed")
        finally:
            log.removeHandler(handler)
            handler.close()
    assert handler.answers == [{"text": "Success", "code": 0, "status": 200}] * 2
    first, second = house.intake.events
    assert first.attributes["message"] == "tool write_recipe was called"
    assert first.attributes["tags"] == ["a", "b"]
    assert first.attributes["com.splunk.sourcetype"] == "python"
    assert (first.asset, first.source, first.trust) == ("edge-7", "gateway", SourceTrust.AUTHENTICATED)
    assert first.time % 1_000 == 0
    assert first.id != second.id


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, 2),
        (splunk("nobody"), 403, 4),
        (splunk(PERSON), 403, 4),
        ({"authorization": "nonsense"}, 403, 4),
    ],
)
def test_strangers(client: Client, house: House, headers: dict[str, str], status: int, code: int) -> None:
    for path in (ROOT, f"{ROOT}/event", f"{ROOT}/raw", f"{ROOT}/ack"):
        answer = client.post(path, content=b'{"event":"x"}', headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.intake.events == []


def test_basic_and_bearer_are_taken_too(client: Client) -> None:
    basic = client.post(ROOT, content=b'{"event":"a"}', auth=("x", SOURCE))
    bearer = client.post(ROOT, content=b'{"event":"b"}', headers={"authorization": f"Bearer {SOURCE}"})
    assert (basic.status_code, bearer.status_code) == (200, 200)


def test_the_scheme_opens_nothing_else(client: Client) -> None:
    answer = client.post("/api/v1/events", content=b"", headers=splunk(SOURCE))
    assert answer.status_code == 401


def test_objects_with_and_without_anything_between_them(client: Client, house: House) -> None:
    body = b'{"event":"a"}{"event":"b"} {"event":"c"}\n{"event":\n"d"}\r\n\r\n{"event":"}{"}'
    answer = client.post(f"{ROOT}/event", content=body, headers=splunk(SOURCE))
    assert (answer.status_code, answer.json()) == (200, {"text": "Success", "code": 0})
    assert [event.attributes["message"] for event in house.intake.events] == ["a", "b", "c", "d", "}{"]


@pytest.mark.parametrize(
    ("body", "code", "number", "kept"),
    [
        (b'{"event":"a"}{"event":"b","time":"soon"}{"event":"c"}', 6, 1, 2),
        (b'{"event":"a"}{"host":"b"}', 12, 1, 1),
        (b'{"event":""}', 13, 0, 0),
        (b'{"event":"a","fields":{"x":{"y":1}}}', 15, 0, 0),
        (b'{"event":"a"}{"event":tru}{"event":"c"}', 6, 1, 2),
        (b'{"event":"a"}\nnonsense\n{"event":"c"}', 6, 1, 2),
        (b"nonsense", 6, 0, 0),
        (b'{"event":"a"}{"event":"cut', 6, 1, 1),
        (b"[1]", 6, 0, 0),
    ],
)
def test_a_bad_event_is_named_and_its_neighbours_taken(
    client: Client, house: House, body: bytes, code: int, number: int, kept: int
) -> None:
    answer = client.post(f"{ROOT}/event", content=body, headers=splunk(SOURCE))
    told = answer.json()
    assert (answer.status_code, told["code"], told["invalid-event-number"]) == (400, code, number)
    assert told["cause"]
    assert told["cure"]
    assert len(house.intake.events) == kept


def test_nothing_at_all(client: Client) -> None:
    for path in (ROOT, f"{ROOT}/raw"):
        answer = client.post(path, content=b" \n ", headers=splunk(SOURCE))
        assert (answer.status_code, answer.json()["code"]) == (400, 5)


def test_lines_of_text(client: Client, house: House) -> None:
    query = "?host=plc-gw&source=/var/log/x&sourcetype=app&index=main&time=1780000000.25"
    answer = client.post(
        f"{ROOT}/raw{query}",
        content=gzip.compress(b"up\n\ndown\nup\n"),
        headers=splunk(FIELD, content_encoding="gzip"),
    )
    assert answer.json()["code"] == 0
    found = house.intake.events
    assert [event.attributes["message"] for event in found] == ["up", "down", "up"]
    assert {event.time for event in found} == {1_780_000_000_250_000_000}
    assert found[0].attributes["com.splunk.index"] == "main"
    assert (found[0].asset, found[0].trust) == ("plc-gw", SourceTrust.ATTACKER_WRITABLE)
    wrong = client.post(f"{ROOT}/raw?time=soon", content=b"x", headers=splunk(FIELD))
    assert (wrong.status_code, wrong.json()["code"]) == (400, 6)


def test_what_has_no_time_has_that_of_receipt(client: Client, house: House) -> None:
    client.post(ROOT, content=b'{"event":"x"}', headers=splunk(SOURCE))
    assert house.intake.events[0].time == NOW


def test_sourcetypes_decide_and_alerts_become_findings(client: Client, house: House) -> None:
    body = orjson.dumps({"sourcetype": "suricata:eve", "event": SURICATA_ALERT})
    body += orjson.dumps({"sourcetype": "wazuh-alerts", "event": orjson.dumps(WAZUH).decode()})
    assert client.post(ROOT, content=body, headers=splunk(SOURCE)).status_code == 200
    assert [event.logsource.product for event in house.intake.events] == ["suricata", "wazuh"]
    assert [finding.product for finding in house.intake.findings] == ["suricata", "wazuh"]
    assert all(finding.id.startswith("ext-") for finding in house.intake.findings)


def test_acknowledgements(client: Client) -> None:
    headers = splunk(SOURCE, x_splunk_request_channel=CHANNEL)
    ids = [client.post(ROOT, content=b'{"event":"x"}', headers=headers).json()["ackId"] for _ in range(2)]
    asked = orjson.dumps({"acks": [*ids, 99]})
    answer = client.post(f"{ROOT}/ack?channel={CHANNEL}", content=asked, headers=splunk(SOURCE))
    assert answer.json() == {"acks": {str(ids[0]): True, str(ids[1]): True, "99": False}}
    other = client.post(f"{ROOT}/ack?channel={CHANNEL}", content=asked, headers=splunk(FIELD))
    assert set(other.json()["acks"].values()) == {False}


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [("", b'{"acks":[0]}', 10), ("?channel=a b", b'{"acks":[0]}', 11), ("?channel=a", b"oops", 6)],
)
def test_a_wrong_question(client: Client, query: str, body: bytes, code: int) -> None:
    answer = client.post(f"{ROOT}/ack{query}", content=body, headers=splunk(SOURCE))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_everybody_may_ask_whether_it_is_healthy(client: Client) -> None:
    for path in (f"{ROOT}/health", f"{ROOT}/health/1.0"):
        assert client.get(path).json() == {"text": "HEC is healthy", "code": 17}


def test_when_intake_is_full(client: Client, house: House) -> None:
    house.be_busy()
    answer = client.post(ROOT, content=b'{"event":"x"}', headers=splunk(SOURCE))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, 9, "1")


def test_too_large(client: Client) -> None:
    packed = gzip.compress(b" " * (64 << 20))
    answer = client.post(ROOT, content=packed, headers=splunk(SOURCE, content_encoding="gzip"))
    assert (answer.status_code, answer.json()["code"]) == (413, 27)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.dictionaries(
                st.sampled_from(["event", "time", "host", "fields", "sourcetype"]),
                st.recursive(
                    st.none()
                    | st.booleans()
                    | st.floats(allow_nan=False)
                    | st.text(max_size=9)
                    | st.integers(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
                    max_leaves=6,
                ),
            ),
            max_size=3,
        ).map(lambda items: b"".join(json.dumps(item).encode() for item in items)),
    ),
    path=st.sampled_from(
        [ROOT, f"{ROOT}/raw", f"{ROOT}/ack?channel=a", f"{ROOT}/raw?sourcetype=XmlWinEventLog"]
    ),
    encoding=st.sampled_from(["", "gzip"]),
)
def test_no_body_is_an_internal_error(client: Client, body: bytes, path: str, encoding: str) -> None:
    answer = client.post(path, content=body, headers=splunk(SOURCE, content_encoding=encoding))
    assert answer.status_code in {200, 400}, answer.text
    assert answer.headers["content-type"] == "application/json"
