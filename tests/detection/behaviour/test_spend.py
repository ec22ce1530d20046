from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.spend import LOOP, SPEND, Spend
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import call, chat


def calls(spend: Spend, name: str, arguments: list[str | None]) -> list[Finding]:
    found = [spend.look(call(n, 0, name), "copilot", name, text) for n, text in enumerate(arguments)]
    return [told for told in found if told]


def test_the_same_call_again_and_again_is_a_loop() -> None:
    (found,) = calls(Spend(Limits()), "send_mail", ["{}"] * 20)
    assert (found.rule_id, found.severity, found.event_ids) == (LOOP.id, Severity.LOW, ("e5",))
    assert "6 times in a row with the same arguments (threshold: 6)" in found.reasons[0]
    assert found.incident_type == "denial-of-service"


def test_waiting_for_a_state_is_not() -> None:
    assert calls(Spend(Limits()), "get_status", ["{}"] * 29) == []
    assert len(calls(Spend(Limits()), "get_status", ["{}"] * 30)) == 1


def test_other_arguments_are_progress_up_to_a_point() -> None:
    assert calls(Spend(Limits()), "send_mail", [str(n) for n in range(59)]) == []
    assert len(calls(Spend(Limits()), "send_mail", [str(n) for n in range(90)])) == 1


def test_without_arguments_only_the_run_counts_and_it_says_so() -> None:
    assert calls(Spend(Limits()), "send_mail", [None] * 59) == []
    (found,) = calls(Spend(Limits()), "send_mail", [None] * 60)
    assert found.reasons[1].startswith("The arguments were not recorded")


def test_another_tool_in_between_ends_the_run() -> None:
    spend = Spend(Limits())
    for n in range(40):
        name = "send_mail" if n % 4 else "read_inbox"
        assert spend.look(call(n, 0, name), "copilot", name, "{}") is None


def session(spend: Spend, hour: float, turns: int, **usage: Any) -> list[Finding]:  # noqa: ANN401
    found = [
        spend.look(chat(n, hour, trace=f"t{hour}", **usage), "copilot", None, None) for n in range(turns)
    ]
    return [told for told in found if told]


def test_a_session_beyond_the_agents_own_past_is_told_per_unit() -> None:
    spend = Spend(Limits())
    for hour in range(30):
        assert session(spend, hour, 5, gen_ai__usage__input_tokens=900, gen_ai__usage__cost=0.01) == []
    turns, tokens = session(spend, 40, 17, gen_ai__usage__output_tokens=800)
    assert (turns.rule_id, tokens.rule_id) == (SPEND.id, SPEND.id)
    assert turns.reasons[0] == "The agent “copilot” came to 16 turns in one session."
    assert "earlier sessions came to 5 (threshold: 3 times that)" in turns.reasons[1]
    assert "13,600 tokens" in tokens.reasons[0]
    assert turns.id != tokens.id


def test_a_young_agent_has_the_ceiling_of_all() -> None:
    spend = Spend(Limits())
    (found,) = session(spend, 0, 2, gen_ai__usage__input_tokens=2_000_000)
    assert found.reasons[1] == "That is more than the 3,000,000 that any session may have."
    assert len(session(spend, 1, 250)) == 1


def test_sums_of_a_whole_run_are_not_counted_again() -> None:
    spend = Spend(Limits())
    run = call(1, 0, "x")
    run = chat(1, 0, gen_ai__usage__input_tokens=9_000_000)
    again = run.attributes | {"gen_ai.operation.name": "invoke_agent"}  # type: ignore[operator]
    assert (
        spend.look(
            type(run)(id="r", time=1, logsource=run.logsource, attributes=again, trace_id="t"),
            "c",
            None,
            None,
        )
        is None
    )


def test_idle_sessions_become_the_past_and_make_room() -> None:
    spend = Spend(Limits())
    for hour in range(100):
        session(spend, hour, 1)
    assert len(spend.talks) < 10
    assert len(spend.pasts) == 1


@pytest.mark.parametrize("odd", [-1, "x", float("nan"), float("inf"), 10**30, True, [1]])
def test_odd_numbers_count_nothing(odd: Any) -> None:  # noqa: ANN401
    assert session(Spend(Limits()), 0, 3, gen_ai__usage__input_tokens=odd, gen_ai__usage__cost=odd) == []


def test_events_of_no_session_are_passed_over() -> None:
    spend = Spend(Limits())
    assert spend.look(call(1, 0, "x", trace=None), "copilot", "x", "{}") is None
    assert len(spend.talks) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "send_mail", "get_x"]), st.text(st.characters(), max_size=5)),
        max_size=80,
    )
)
def test_told_once_at_most_per_kind(steps: list[tuple[str, str]]) -> None:
    spend = Spend(Limits())
    found = [spend.look(call(n, 0, name), "c", name, text) for n, (name, text) in enumerate(steps)]
    assert sum(told is not None for told in found) <= 2
