from __future__ import annotations

from pullcord.detection.behaviour.acts import AFTER, UNLISTED, Acts
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.taint import Taints
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import call


class Watch:
    """Acts and the taints they rest on, fed like the detector feeds them."""

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self.taints = Taints(Limits())
        self.acts = Acts(knowledge or Knowledge(), Limits(), self.taints)

    def see(self, number: int, hours: float, name: str, *, arguments: str | None = None) -> Finding | None:
        event = call(number, hours, name, trace=f"t{int(hours)}")
        found = self.acts.look(event, "copilot", name, arguments)
        self.taints.mark(event, name)
        return found

    def days(self) -> None:
        for hour in range(40):
            assert self.see(2 * hour, hour, "read_inbox") is None
            assert self.see(2 * hour + 1, hour, "send_mail") is None


def test_a_new_effect_after_untrusted_content_is_told_if_arguments_are_dark() -> None:
    watch = Watch()
    watch.days()
    watch.see(90, 50, "read_inbox")
    found = watch.see(91, 50, "delete_order")
    assert found is not None
    assert (found.rule_id, found.severity, found.event_ids) == (AFTER.id, Severity.LOW, ("e90", "e91"))
    assert found.reasons[-1].startswith("The arguments were not recorded")
    assert watch.see(92, 50, "delete_order") is None


def test_what_is_usual_recorded_clean_or_only_read_is_not() -> None:
    watch = Watch()
    watch.days()
    assert watch.see(90, 51, "delete_order") is None
    watch.see(91, 52, "read_inbox")
    assert watch.see(92, 52, "send_mail") is None
    assert watch.see(93, 52, "get_temperature") is None
    assert watch.see(94, 52, "order_part", arguments="{}") is None


def test_a_tool_that_the_inventory_does_not_list_is_told_once() -> None:
    watch = Watch(Knowledge(tools={"copilot": frozenset({"read_inbox", "send_mail"})}))
    assert watch.see(1, 0, "send_mail") is None
    found = watch.see(2, 0, "run_shell")
    assert found is not None
    assert (found.rule_id, found.severity) == (UNLISTED.id, Severity.MEDIUM)
    assert found.reasons[1] == "The inventory lists 2 tools for it, and this is none of them."
    assert watch.see(3, 0, "run_shell") is None
    found = watch.see(4, 0, "get_temperature")
    assert found is not None
    assert found.severity is Severity.LOW
    assert watch.acts.look(call(5, 0, "run_shell"), "unregistered", "run_shell", None) is None


def test_what_servers_put_before_a_name_is_no_other_tool() -> None:
    watch = Watch(Knowledge(tools={"copilot": frozenset({"send_mail"})}))
    for number, name in enumerate(["mcp__office__send_mail", "office.send_mail", "office/Send_Mail"]):
        assert watch.see(number, 0, name) is None


def test_the_inventory_says_what_has_an_effect() -> None:
    watch = Watch(Knowledge(side_effects={"copilot": frozenset({"get_going"})}))
    watch.days()
    watch.see(90, 50, "read_inbox")
    assert watch.see(91, 50, "delete_order") is None
    # The stated list replaces the name; what it states is learned like anything else.
    assert watch.see(92, 50, "get_going") is None
    assert len(watch.acts.after.memory) == 1


def test_the_event_may_say_what_has_an_effect() -> None:
    watch = Watch()
    watch.days()
    watch.see(90, 50, "read_inbox")
    looked = [
        watch.acts.look(call(n, 50, name, trace="t50", ai__tool__side_effect=effect), "copilot", name, None)
        for n, (name, effect) in enumerate([("delete_order", "none"), ("get_order", "send")])
    ]
    assert [told is not None for told in looked] == [False, True]
