from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pullcord.detection.behaviour.hidden import RULE_ID, examine_hidden
from pullcord.model.finding import Finding, Severity
from tests.analysis.traces import session


def looked_at(tools: Sequence[str], user: str = "Summarise the open tickets of press 4.") -> Finding | None:
    return examine_hidden(session([(tool, None, None) for tool in tools], [user]))


def test_an_effect_nobody_asked_for_after_untrusted_content_is_told_and_what_was_not_seen() -> None:
    found = looked_at(["read_ticket", "send_mail", "send_mail"])
    assert found is not None
    assert (found.rule_id, found.severity) == (RULE_ID, Severity.LOW)
    assert found.span_ids == ("s0", "s1")
    assert found.reasons[0] == (
        "After “read_ticket” brought content that outsiders can write, “send_mail” was called."
    )
    assert found.reasons[-1].startswith("The arguments and results of the calls were not recorded")


def test_what_the_user_asked_for_is_no_finding() -> None:
    assert looked_at(["read_ticket", "send_mail"], "Send the open tickets to the shift.") is None


def test_order_counts() -> None:
    assert looked_at(["send_mail", "read_ticket"]) is None
    assert looked_at(["send_mail", "read_ticket", "send_mail"]) is None
    assert looked_at(["get_temperature", "send_mail"]) is None
    assert looked_at(["read_ticket", "get_temperature"]) is None
    assert looked_at([]) is None


def test_a_failed_read_brought_nothing() -> None:
    told = session([("read_ticket", None, None), ("send_mail", None, None)], ["Summarise the tickets."])
    calls = (replace(told.calls[0], failed=True), told.calls[1])
    assert examine_hidden(replace(told, calls=calls)) is None


def test_without_the_request_nothing_can_be_said() -> None:
    told = session([("read_ticket", None, None), ("send_mail", None, None)])
    assert examine_hidden(replace(told, users=())) is None
