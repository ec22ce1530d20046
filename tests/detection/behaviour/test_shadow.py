from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.shadow import SERVER, SERVICE, Shadow
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import event

KNOWN = Knowledge(
    systems={
        "copilot": "copilot",
        "agent-host-1": "copilot",
        "10.30.4.20": "copilot",
        "llm-gateway": "copilot",
    },
    endpoints=frozenset({"models.plant.example"}),
    assets={"plc-10": 1.0, "10.20.10.5": 1.0, "10.30.4.99": 4.0},
)


def seen(shadow: Shadow, number: int = 1, **attributes: Any) -> Finding | None:  # noqa: ANN401
    named: dict[str, Any] = {"source__address": "10.30.4.99", **attributes}
    return shadow.look(event(number, product="zeek", category="dns", asset=None, trace=None, **named))


@pytest.mark.parametrize(
    "attributes",
    [
        {"dns__question__name": "api.openai.com."},
        {"tls__server_name": "API.OpenAI.com"},
        {"server__address": "203.0.113.7", "tls__server_name": "api.openai.com"},
        {"url__full": "https://api.openai.com/v1/responses"},
        {"url__domain": "api.openai.com"},
    ],
)
def test_dns_tls_and_proxies_show_a_public_model_service(attributes: dict[str, Any]) -> None:
    found = seen(Shadow(KNOWN, Limits()), **attributes)
    assert found is not None
    assert (found.rule_id, found.severity, found.incident_type) == (SERVICE.id, Severity.LOW, "shadow-ai")
    assert "which belongs to OpenAI." in found.reasons[0]
    assert found.entities == ("address:10.30.4.99", "destination:api.openai.com")
    dark = any("cannot be seen" in reason for reason in found.reasons)
    assert dark is ("url__full" not in attributes)


@pytest.mark.parametrize(
    "attributes",
    [
        {"query": "api.openai.com"},
        {"query": ["api.openai.com", "plant.example"]},
        {"server_name": "api.openai.com"},
        {"tls.sni": "api.openai.com"},
        {"cs-host": "api.openai.com", "cs-uri-query": "/x"},
    ],
)
def test_monitors_name_hosts_in_their_own_way(attributes: dict[str, Any]) -> None:
    assert seen(Shadow(KNOWN, Limits()), **attributes) is not None
    # The same names in other records mean other things.
    other = event(1, product="search", category="query", asset="shop", **attributes)
    assert Shadow(KNOWN, Limits()).look(other) is None


def test_a_monitor_shows_a_model_server_too() -> None:
    http: dict[str, Any] = {"cs-host": "box.plant.example", "cs-uri-query": "/v1/chat/completions"}
    found = seen(Shadow(KNOWN, Limits()), **http)
    assert found is not None
    assert found.rule_id == SERVER.id


def test_each_pair_is_told_once() -> None:
    shadow = Shadow(KNOWN, Limits())
    assert seen(shadow, 1, dns__question__name="api.openai.com") is not None
    assert seen(shadow, 2, tls__server_name="chatgpt.com") is None
    assert seen(shadow, 3, dns__question__name="api.anthropic.com") is not None
    assert seen(shadow, 4, dns__question__name="api.openai.com", source__address="10.30.4.98") is not None


def test_a_whole_office_is_told_by_some_of_its_hosts_the_control_network_always() -> None:
    shadow = Shadow(KNOWN, Limits())
    told = [
        seen(shadow, n, dns__question__name="api.openai.com", source__address=f"10.30.5.{n}")
        for n in range(20)
    ]
    assert sum(one is not None for one in told) == 3
    assert shadow.firsts.hushed == 17
    assert seen(shadow, 30, dns__question__name="api.openai.com", source__address="10.20.10.5") is not None


def test_the_control_network_is_worse() -> None:
    found = seen(Shadow(KNOWN, Limits()), dns__question__name="api.openai.com", source__address="10.20.10.5")
    assert found is not None
    assert found.severity is Severity.HIGH
    assert "Purdue level 1" in " ".join(found.reasons)


@pytest.mark.parametrize(
    "attributes",
    [
        {"dns__question__name": "api.openai.com", "source__address": "10.30.4.20"},
        {"dns__question__name": "api.openai.com", "host__name": "Agent-Host-1"},
        {"dns__question__name": "api.openai.com", "ai__system__registered": True},
        {"dns__question__name": "plant.example"},
        {"url__full": "http://models.plant.example/v1/chat/completions"},
        {"url__path": "/v1/chat/completions", "server__address": "llm-gateway"},
        {"url__path": "/v1/chat/completions"},
        {"dns__question__name": 7},
    ],
)
def test_what_is_registered_or_nothing_to_do_with_models_is_silent(attributes: dict[str, Any]) -> None:
    assert seen(Shadow(KNOWN, Limits()), **attributes) is None


def test_a_model_server_that_nobody_registered() -> None:
    shadow = Shadow(KNOWN, Limits())
    found = seen(shadow, 1, url__path="/api/generate", server__address="10.9.9.9")
    assert found is not None
    assert (found.rule_id, found.severity) == (SERVER.id, Severity.LOW)
    assert "“10.30.4.99” called /api/generate at “10.9.9.9”" in found.reasons[0]
    assert seen(shadow, 2, url__path="/api/generate", server__address="10.9.9.9") is None


def test_without_an_inventory_no_agent_counts_as_unregistered() -> None:
    one = event(1, category="llm", server__address="api.openai.com")
    assert Shadow(Knowledge(), Limits()).look(one) is None
    assert Shadow(KNOWN, Limits()).look(one) is None
    other = event(1, category="llm", asset="stranger", server__address="api.openai.com")
    assert Shadow(KNOWN, Limits()).look(other) is not None
    assert seen(Shadow(Knowledge(), Limits()), dns__question__name="api.openai.com") is not None
