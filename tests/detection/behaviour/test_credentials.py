from __future__ import annotations

from typing import Any

from pullcord.detection.behaviour.credentials import OWNER, PLACE, Credentials
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import event

KNOWN = Knowledge(
    credentials={"svc-copilot": "copilot"},
    systems={"copilot": "copilot", "desk-helper": "desk-helper"},
)
HOME = {
    "client__address": "10.1.2.3",
    "client__geo__country_iso_code": "DE",
    "user_agent__original": "python-httpx/0.28",
    "host__name": "agent-host-1",
}


def used(
    credentials: Credentials,
    number: int,
    hours: float,
    credential: str = "svc-copilot",
    **more: Any,  # noqa: ANN401
) -> list[Finding]:
    attributes: dict[str, Any] = {"credential__id": credential, "access__result": "success", **HOME, **more}
    return credentials.look(event(number, hours, category="access", asset="gateway", **attributes))


def learned(credential: str = "svc-copilot") -> Credentials:
    credentials = Credentials(KNOWN, Limits())
    for hour in range(40):
        assert used(credentials, hour, hour, credential) == []
    return credentials


def test_a_new_network_is_told_once_with_what_is_new() -> None:
    credentials = learned()
    (found,) = used(credentials, 50, 50, client__address="203.0.113.9")
    assert (found.rule_id, found.severity, found.incident_type) == (
        PLACE.id,
        Severity.MEDIUM,
        "credential-theft",
    )
    assert found.reasons[0].endswith("from a new place: network “203.0.113.0/24”.")
    assert found.reasons[2] == "It belongs to the AI system “copilot”."
    assert found.entities == ("credential:svc-copilot", "address:203.0.113.9")
    assert used(credentials, 51, 51, client__address="203.0.113.77") == []


def test_a_new_country_of_a_registered_system_is_high_another_library_low() -> None:
    (found,) = used(learned(), 50, 50, client__geo__country_iso_code="BR", client__address="203.0.113.9")
    assert found.severity is Severity.HIGH
    (found,) = used(learned("other"), 50, 50, "other", client__geo__country_iso_code="BR")
    assert found.severity is Severity.MEDIUM
    (found,) = used(learned(), 50, 50, user_agent__original="curl/8")
    assert found.severity is Severity.LOW
    assert used(learned(), 50, 50, user_agent__original="python-httpx/0.29") == []


def test_refused_uses_neither_tell_nor_teach() -> None:
    credentials = learned()
    assert used(credentials, 50, 50, client__address="203.0.113.9", access__result="denied") == []
    assert len(used(credentials, 51, 51, client__address="203.0.113.9")) == 1


def test_a_young_credential_is_being_learned() -> None:
    credentials = Credentials(KNOWN, Limits())
    for n in range(60):
        assert used(credentials, n, n / 60, client__address=f"203.0.{n % 3}.9") == []


def test_use_by_another_ai_system_is_told_at_once() -> None:
    credentials = Credentials(KNOWN, Limits())
    assert used(credentials, 1, 0, gen_ai__agent__name="copilot") == []
    (found,) = used(credentials, 2, 0, gen_ai__agent__name="desk-helper")
    assert (found.rule_id, found.severity) == (OWNER.id, Severity.MEDIUM)
    assert found.reasons == (
        "“desk-helper” used the credential “svc-copilot”.",
        "The inventory gives it to “copilot” alone.",
    )
    assert used(credentials, 3, 0, gen_ai__agent__name="desk-helper") == []


def test_odd_values_break_nothing() -> None:
    credentials = Credentials(KNOWN, Limits())
    assert credentials.look(event(1)) == []
    assert credentials.look(event(1, credential__id=7)) == []
    assert used(credentials, 2, 0, "x" * 5_000, client__address="y" * 5_000, user_agent__original="/") == []
