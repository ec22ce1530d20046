from __future__ import annotations

import msgspec
import pytest

from pullcord.server.dialects import Dialect, Trouble, answer, dialect, is_telemetry, plain

TROUBLE = Trouble("PC-6101", "too much", "wait")


@pytest.mark.parametrize(
    ("path", "expected", "telemetry"),
    [
        ("/v1/traces", Dialect.OTLP, True),
        ("/api/v1/events", Dialect.OWN, True),
        ("//api/v1//events/", Dialect.OWN, True),
        ("/api/v1/stop", Dialect.OWN, False),
        ("/services/collector", Dialect.HEC, True),
        ("/services/collector/raw/1.0", Dialect.HEC, True),
        ("/services/collector/ack", Dialect.HEC, True),
        ("/services/collector/health", Dialect.HEC, False),
        ("/services/collectors", Dialect.OWN, False),
        ("/", Dialect.ELASTIC, False),
        ("/_bulk", Dialect.ELASTIC, True),
        ("/logs-x/_bulk/", Dialect.ELASTIC, True),
        ("/api/v1/_bulk", Dialect.OWN, False),
        ("/x_bulk", Dialect.OWN, False),
    ],
)
def test_addresses(path: str, expected: Dialect, telemetry: bool) -> None:  # noqa: FBT001
    assert dialect(path) is expected
    assert is_telemetry(path) is telemetry


def test_plain_addresses() -> None:
    assert [plain(path) for path in ("", "/", "//", "/a//b/")] == ["/", "/", "/", "/a/b"]


def test_each_is_told_in_its_own_words() -> None:
    own = answer("/api/v1/events", "", 503, TROUBLE)
    assert msgspec.json.decode(own.body) == {"code": "PC-6101", "cause": "too much", "cure": "wait"}
    otlp = answer("/v1/logs", "application/json", 503, TROUBLE)
    assert msgspec.json.decode(otlp.body)["code"] == 14
    hec = answer("/services/collector", "", 429, TROUBLE)
    assert (hec.status, msgspec.json.decode(hec.body)["code"]) == (503, 9)
    elastic = answer("/_bulk", "", 503, TROUBLE)
    assert msgspec.json.decode(elastic.body)["error"]["type"] == "es_rejected_execution_exception"
    assert elastic.headers["x-elastic-product"] == "Elasticsearch"


def test_splunk_tells_an_unknown_token_from_none() -> None:
    none = answer("/services/collector", "", 401, TROUBLE)
    unknown = answer("/services/collector", "", 401, TROUBLE, told_token=True)
    assert (none.status, unknown.status) == (401, 403)
    assert msgspec.json.decode(unknown.body)["code"] == 4
