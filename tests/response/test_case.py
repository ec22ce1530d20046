from __future__ import annotations

from pullcord.model.explanation import Explanation, Verdict
from tests.response.build import call, case, explained, finding, session


def test_calls_are_found_by_span() -> None:
    one = case(sessions={"t1": session("t1", call(span="a"), call(span="b")), "t2": session("t2")})
    assert set(one.calls) == {"a", "b", "s1"}
    assert one.calls["b"].event_id == "t:b"


def test_suspect_calls_are_the_telling_ones_of_findings_and_explanations() -> None:
    calls = [call(span=name) for name in ("a", "b", "c", "d")]
    one = case(
        findings=[finding(spans=("a", "b")), finding("f2", spans=())],
        sessions={"t1": session("t1", *calls, asset="cell copilot")},
    )
    assert one.suspect_calls(()) == [("cell copilot", calls[1])]
    assert one.suspect_calls([explained("t1", "d")]) == [
        ("cell copilot", calls[1]),
        ("cell copilot", calls[3]),
    ]


def test_a_span_counts_only_in_its_own_trace() -> None:
    one = case(findings=[finding(trace="t2", spans=("a",))], sessions={"t1": session("t1", call(span="a"))})
    assert one.suspect_calls([explained("t3", "a")]) == []


def test_an_explanation_without_action_names_no_call() -> None:
    nothing = Explanation(trace_id="t1", verdict=Verdict.CANNOT_TELL, score=0.1)
    assert case(findings=[]).suspect_calls([nothing]) == []
