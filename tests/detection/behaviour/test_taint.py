from __future__ import annotations

from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.taint import Taints
from tests.detection.behaviour.events import call, event


def test_the_first_untrusted_content_of_a_session_is_kept() -> None:
    taints = Taints(Limits())
    assert taints.of(call(1, 0, "send_mail")) is None
    taints.mark(call(1, 0, "read_inbox"), "read_inbox")
    taints.mark(call(2, 0, "get_webpage"), "get_webpage")
    found = taints.of(call(3, 0, "send_mail"))
    assert found is not None
    assert (found.tool, found.earlier) == ("read_inbox", ("e1", "s1"))
    assert taints.of(call(4, 0, "send_mail", trace="t2")) is None


def test_a_conversation_reaches_over_traces() -> None:
    taints = Taints(Limits())
    taints.mark(call(1, 0, "read_inbox", gen_ai__conversation__id="c"), "read_inbox")
    assert taints.of(call(2, 0, "send_mail", trace="t2", gen_ai__conversation__id="c")) is not None
    assert taints.of(call(3, 0, "send_mail", trace="t2", gen_ai__conversation__id="d")) is None


def test_harmless_and_failed_calls_and_calls_of_no_session_do_not_count() -> None:
    taints = Taints(Limits())
    taints.mark(call(1, 0, "get_temperature"), "get_temperature")
    taints.mark(call(2, 0, "read_inbox", error__type="timeout"), "read_inbox")
    taints.mark(call(3, 0, "read_inbox", trace=None), "read_inbox")
    assert len(taints.memory) == 0
    taints.mark(event(4, gen_ai__operation__name="retrieval"), "")
    assert len(taints.memory) == 1


def test_what_the_source_says_about_trust_goes_before_the_name() -> None:
    taints = Taints(Limits())
    taints.mark(call(1, 0, "read_inbox", ai__content__trust="authenticated"), "read_inbox")
    assert len(taints.memory) == 0
    taints.mark(call(2, 0, "get_temperature", ai__content__trust="Untrusted"), "get_temperature")
    assert len(taints.memory) == 1


def test_sessions_are_bounded() -> None:
    taints = Taints(Limits(sessions=5))
    for number in range(9):
        taints.mark(call(number, 0, "read_inbox", trace=f"t{number}"), "read_inbox")
    assert (len(taints.memory), taints.memory.evicted) == (5, 4)
