from __future__ import annotations

import pytest

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.ecs import decode
from tests.intake.formats.helpers import EIGHT, NOW, event, origin
from tests.intake.formats.samples import ECS, WINLOGBEAT


def test_a_process_of_an_endpoint() -> None:
    found = event(ECS)
    assert (found.logsource.product, found.logsource.category) == ("linux", "process_creation")
    assert (found.time, found.asset, found.actor) == (EIGHT, "edge-1", "op1")
    expected = {
        "process.executable": "/usr/bin/curl",
        "Image": "/usr/bin/curl",
        "CommandLine": "curl http://x",
        "ParentImage": "sh",
        "source.address": "10.0.0.7",
        "source.ip": "10.0.0.7",
    }
    assert expected.items() <= found.attributes.items()


def test_nested_and_dotted_names_are_the_same() -> None:
    dotted = {
        "@timestamp": "2026-06-01T08:00:00Z",
        "host.name": "edge-1",
        "event.module": "zeek",
        "event.dataset": "zeek.conn",
        "source.ip": "10.0.0.7",
    }
    found = event(dotted)
    assert (found.logsource.product, found.logsource.service, found.asset) == ("zeek", "conn", "edge-1")
    assert found.attributes["source.address"] == "10.0.0.7"


@pytest.mark.parametrize(
    ("module", "dataset", "product", "service"),
    [
        ("okta", "okta.system", "okta", "system"),
        ("azure", "azure.signinlogs", "azure", "signinlogs"),
        ("aws", "aws.cloudtrail", "aws", "cloudtrail"),
        ("o365", "o365.audit", "m365", "audit"),
        ("system", "system.auth", None, "auth"),
    ],
)
def test_modules(module: str, dataset: str, product: str | None, service: str) -> None:
    found = event({"@timestamp": "2026-06-01T08:00:00Z", "event": {"module": module, "dataset": dataset}})
    assert (found.logsource.product, found.logsource.service) == (product, service)


@pytest.mark.parametrize(
    ("categories", "kinds", "expected"),
    [
        (["process"], ["start"], "process_creation"),
        (["process"], ["end"], None),
        (["network", "process"], ["connection", "start"], "network_connection"),
        ("file", "creation", "file_event"),
        (["registry"], None, "registry_event"),
        (None, None, None),
    ],
)
def test_categories_of_endpoints(categories: object, kinds: object, expected: str | None) -> None:
    assert event(ECS | {"event": {"category": categories, "type": kinds}}).logsource.category == expected


def test_what_is_about_ai_says_so_itself() -> None:
    found = event(
        {
            "@timestamp": "2026-06-01T08:00:00Z",
            "gen_ai": {"system": "x", "operation": {"name": "chat"}},
            "service": {"name": "copilot"},
        }
    )
    assert (found.logsource.product, found.logsource.category, found.logsource.service) == (
        "ai",
        "llm",
        "copilot",
    )
    assert found.attributes["gen_ai.provider.name"] == "x"


def test_windows_inside() -> None:
    assert event(WINLOGBEAT).logsource.product == "windows"


def test_a_document_without_time() -> None:
    (found,) = decode({"message": "x"}, origin())
    assert found.time == NOW
    with pytest.raises(UnreadableRecordError, match="no time"):
        decode({"message": "x"}, origin(ctx=Context()))
    with pytest.raises(UnreadableRecordError, match="@timestamp"):
        decode({"@timestamp": "soon"}, origin())


def test_other_content_under_the_same_id_is_another_event() -> None:
    assert event(ECS).id != event(ECS | {"message": "x"}).id
    assert event(ECS).id == event(dict(ECS)).id
