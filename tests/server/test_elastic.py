from __future__ import annotations

import orjson
import pytest
from elasticsearch import AuthenticationException, Elasticsearch, helpers

from tests.intake.formats.samples import ECS, SURICATA_ALERT, WINLOGBEAT
from tests.server.fakes import PERSON, SOURCE, Client, House, bearer
from tests.server.live import running

NDJSON = "application/x-ndjson"


def pairs(*items: object) -> bytes:
    return b"".join(orjson.dumps(item) + b"\n" for item in items)


def test_the_real_client_sends_in_bulk(house: House) -> None:
    with (
        running(house) as url,
        Elasticsearch(url, basic_auth=("beats", SOURCE), request_timeout=10) as client,
    ):
        assert client.ping()
        assert client.info()["cluster_name"] == "pullcord"
        documents = [
            {"_op_type": "create", "_index": "logs-endpoint", "_source": ECS | {"n": number}}
            for number in range(3)
        ]
        done, errors = helpers.bulk(client, documents)
    assert (done, errors) == (3, [])
    assert [event.attributes["n"] for event in house.intake.events] == [0, 1, 2]
    assert len({event.id for event in house.intake.events}) == 3
    assert house.intake.events[0].attributes["CommandLine"] == "curl http://x"


def test_the_real_client_is_told_what_was_refused(house: House) -> None:
    with running(house) as url, Elasticsearch(url, bearer_auth=SOURCE, request_timeout=10) as client:
        answer = client.bulk(
            operations=[
                {"index": {"_id": "7"}},
                {"@timestamp": "2026-06-01T08:00:00Z", "message": "x"},
                {"delete": {"_id": "7"}},
                {"update": {"_id": "7"}},
                {"doc": {"message": "y"}},
                {"create": {}},
                {"@timestamp": "2026-06-01T08:00:00Z", "message": "z"},
            ],
            index="plant",
        )
    assert answer["errors"] is True
    fates = [next(iter(item.items())) for item in answer["items"]]
    assert [(action, fate["status"]) for action, fate in fates] == [
        ("index", 201),
        ("delete", 400),
        ("update", 400),
        ("create", 201),
    ]
    assert fates[0][1]["_index"] == "plant"
    assert fates[0][1]["_id"] == "7"
    assert "line 3" in fates[1][1]["error"]["reason"]
    assert [event.attributes["message"] for event in house.intake.events] == ["x", "z"]


def test_the_real_client_with_a_wrong_key(house: House) -> None:
    with running(house) as url, Elasticsearch(url, api_key=("id", "nobody"), request_timeout=10) as client:
        with pytest.raises(AuthenticationException, match="PC-6103"):
            client.info()
        with pytest.raises(AuthenticationException):
            client.bulk(operations=[{"index": {}}, {"x": 1}], index="plant")
    assert house.intake.events == []


def test_keys_in_both_forms(client: Client) -> None:
    for header in (f"ApiKey {SOURCE}", "ApiKey aWQ6c291cmNlLXNlY3JldA=="):
        assert client.get("/", headers={"authorization": header}).status_code == 200


def test_who_only_reads_sends_nothing(client: Client) -> None:
    answer = client.post("/_bulk", content=pairs({"index": {}}, {"x": 1}), headers=bearer(PERSON))
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "security_exception")
    assert answer.headers["x-elastic-product"] == "Elasticsearch"


def test_what_shippers_ask_before_they_send(client: Client) -> None:
    for path in ("/", "/_license", "/_cluster/health"):
        answer = client.get(path, headers=bearer(SOURCE))
        assert answer.status_code == 200
        assert answer.headers["x-elastic-product"] == "Elasticsearch"
        assert client.get(path).status_code == 401
    assert client.head("/", headers=bearer(SOURCE)).content == b""


def test_documents_of_beats(client: Client, house: House) -> None:
    carried = {
        "@timestamp": "2026-06-01T08:00:00Z",
        "host": {"name": "sensor-1"},
        "message": orjson.dumps(SURICATA_ALERT).decode(),
    }
    body = pairs({"create": {}}, WINLOGBEAT, {"create": {}}, carried)
    answer = client.post("/logs/_bulk", content=body, headers=bearer(SOURCE, content_type=NDJSON))
    assert answer.json()["errors"] is False
    windows, suricata = house.intake.events
    assert (windows.logsource.product, windows.logsource.category) == ("windows", "process_creation")
    assert (suricata.logsource.product, suricata.time) == ("suricata", 1_780_293_600_123_456_000)
    assert len(house.intake.findings) == 1


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"oops\n", "line 1"),
        (pairs({"index": {}, "create": {}}), "no action"),
        (pairs({"index": {}}, {"x": 1}, {"steal": {}}, {"x": 1}), "line 3"),
        (pairs({"index": 7}, {"x": 1}), "no action"),
    ],
)
def test_what_is_no_bulk_is_refused_as_a_whole(client: Client, house: House, body: bytes, cause: str) -> None:
    answer = client.post("/_bulk", content=body, headers=bearer(SOURCE, content_type=NDJSON))
    assert answer.status_code == 400
    assert cause in answer.json()["error"]["reason"]
    assert house.intake.events == []


def test_a_document_that_is_missing_or_broken(client: Client, house: House) -> None:
    body = pairs({"index": {}}) + b"[1]\n" + pairs({"index": {}})
    answer = client.put("/_bulk", content=body, headers=bearer(SOURCE, content_type=NDJSON)).json()
    assert [item["index"]["status"] for item in answer["items"]] == [400, 400]
    assert house.intake.events == []


def test_when_intake_is_full(client: Client, house: House) -> None:
    house.be_busy()
    answer = client.post("/_bulk", content=pairs({"index": {}}, {"x": 1}), headers=bearer(SOURCE))
    assert (answer.status_code, answer.json()["error"]["type"]) == (429, "es_rejected_execution_exception")
