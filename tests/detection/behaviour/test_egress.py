from __future__ import annotations

from pullcord.detection.behaviour.egress import AFTER, RULE, Egress
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.taint import Taints
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import call, chat

KNOWN = Knowledge(internal_domains=frozenset({"plant.example"}), endpoints=frozenset({"llm.cloud.example"}))


def told(
    egress: Egress, number: int, hours: float, name: str = "send_mail", to: str = "ada@supplier.example"
) -> Finding | None:
    one = call(number, hours, name, {"to": to})
    return egress.look(one, "copilot", one.text("gen_ai.tool.call.arguments"))


def learned(taints: Taints | None = None) -> Egress:
    egress = Egress(KNOWN, Limits(), taints or Taints(Limits()))
    assert not [found for n in range(40) if (found := told(egress, n, n))]
    return egress


def test_a_new_destination_of_a_known_agent_is_told_once() -> None:
    egress = learned()
    found = told(egress, 50, 50, to="x@drop.example")
    assert found is not None
    assert (found.rule_id, found.severity, found.incident_type) == (RULE.id, Severity.LOW, "data-leakage")
    assert found.entities == ("agent:copilot", "destination:drop.example")
    assert found.reasons == (
        "The agent “copilot” reached “drop.example” for the first time with “send_mail”.",
        "40 uses since 2026-05-28 knew 1 destinations, none of them this.",
    )
    assert told(egress, 51, 51, to="y@drop.example") is None


def test_a_new_destination_after_untrusted_content_is_told_as_such_unless_it_is_read_only() -> None:
    for name, rule in (("send_mail", AFTER), ("fetch_page", RULE)):
        taints = Taints(Limits())
        egress = learned(taints)
        taints.mark(call(49, 50, "read_inbox"), "read_inbox")
        found = told(egress, 50, 50, name=name, to="https://drop.example/x")
        assert found is not None
        assert (found.rule_id, found.severity) == (rule.id, Severity.LOW)
        assert found.event_ids == (("e49", "e50") if rule is AFTER else ("e50",))
        dark = any("brought content that outsiders can write" in reason for reason in found.reasons)
        assert dark is (rule is AFTER)


def test_known_internal_local_and_registered_places_are_none() -> None:
    egress = learned()
    for place in (
        "b@supplier.example",
        "x@mes.plant.example",
        "http://10.0.0.9/x",
        "https://llm.cloud.example/v1",
    ):
        assert told(egress, 60, 60, to=place) is None


def test_a_young_agent_is_being_learned() -> None:
    egress = Egress(KNOWN, Limits(), Taints(Limits()))
    assert not [found for n in range(40) if (found := told(egress, n, n / 60, to=f"x@d{n // 20}.example"))]


def test_without_arguments_the_network_still_tells_and_says_what_it_cannot() -> None:
    egress = learned()
    found = egress.look(call(50, 50, "send_mail", server__address="drop.example"), "copilot", None)
    assert found is not None
    assert found.reasons[-1].startswith("The arguments were not recorded")
    assert egress.blind == 0
    assert egress.look(call(51, 51, "send_mail"), "copilot", None) is None
    assert egress.blind == 1


def test_a_model_call_to_a_new_endpoint_is_told_too() -> None:
    found = learned().look(chat(50, 50, url__full="https://model.away.example/v1/chat"), "copilot", None)
    assert found is not None
    assert "reached “model.away.example” for the first time." in found.reasons[0]


def test_bare_addresses_may_be_left_out() -> None:
    egress = learned()
    one = chat(50, 50, destination__address="203.0.113.9")
    assert egress.look(one, "copilot", None, named_only=True) is None
    assert egress.look(one, "copilot", None) is not None


def test_one_agent_does_not_vouch_for_another() -> None:
    egress = learned()
    other = call(50, 50, "send_mail", {"to": "ada@supplier.example"})
    assert egress.look(other, "new-agent", other.text("gen_ai.tool.call.arguments")) is None
    assert len(egress.firsts.memory) == 2


def test_where_arguments_are_hidden_nothing_else_judges_the_value_so_it_is_worse() -> None:
    taints = Taints(Limits())
    egress = learned(taints)
    taints.mark(call(49, 50, "read_inbox"), "read_inbox")
    found = egress.look(call(50, 50, "send_mail", server__address="drop.example"), "copilot", None)
    assert found is not None
    assert (found.rule_id, found.severity) == (AFTER.id, Severity.MEDIUM)
