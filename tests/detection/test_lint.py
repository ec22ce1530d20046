from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.lint import Problem, Weight, lint_rules

ID = "4b6f2a5e-1c57-4f5b-9d5e-0a4f3f0d7c11"
RULE: dict[str, Any] = {
    "title": "Agent sent a mail",
    "id": ID,
    "status": "experimental",
    "description": "An agent sent a mail.",
    "tags": ["atlas.aml.t0086"],
    "logsource": {"product": "ai", "category": "tool"},
    "detection": {"selection": {"gen_ai.tool.name": "send_mail"}, "condition": "selection"},
    "falsepositives": ["Agents that send mail"],
    "level": "low",
    "custom": {
        "pullcord": {
            "incident_type": "tool-abuse",
            "tests": {
                "positive": [{"gen_ai.tool.name": "send_mail"}, {"gen_ai.tool.name": "Send_Mail"}],
                "benign": [{"gen_ai.tool.name": "read_mail"}, {}],
            },
        }
    },
}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in RULE.items() if name != key}


def pullcord(**changes: object) -> dict[str, Any]:
    return {"custom": {"pullcord": {**RULE["custom"]["pullcord"], **changes}}}


def lint(*documents: dict[str, Any]) -> list[Problem]:
    return lint_rules([("a.yml", yaml.safe_dump_all(documents, sort_keys=False).encode())])


def whats(*documents: dict[str, Any]) -> list[str]:
    return [problem.what for problem in lint(*documents)]


def test_a_good_rule_has_no_problem() -> None:
    assert lint(RULE) == []


@pytest.mark.parametrize("key", ["id", "level", "description", "falsepositives", "tags"])
def test_what_is_missing_is_told(key: str) -> None:
    assert whats(without(key)) == [f"{key} is missing"]


def test_a_malfunction_needs_no_technique() -> None:
    assert lint({**without("tags"), **pullcord(incident_type="malfunction")}) == []


def test_a_rule_that_does_not_load_is_told_with_its_line() -> None:
    first, broken = RULE, {"title": "Broken", "logsource": {"product": "ai"}}
    (problem,) = lint(first, broken)
    assert problem.what.startswith("it does not load: ")
    text = yaml.safe_dump(first, sort_keys=False)
    assert problem.line == len(text.splitlines()) + 1


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("attck.t1059", "unknown namespace"),
        ("atlas.aml.t51", "no ATLAS technique"),
        ("atlas.prompt-injection", "no ATLAS technique"),
    ],
)
def test_odd_tags_are_told_where_they_stand(tag: str, what: str) -> None:
    (problem,) = lint({**RULE, "tags": ["attack.t0831", tag]})
    assert what in problem.what
    lines = yaml.safe_dump({**RULE, "tags": ["attack.t0831", tag]}, sort_keys=False).splitlines()
    assert lines[problem.line - 1] == "tags:"


def test_an_unknown_or_missing_incident_type_is_told() -> None:
    assert whats({**RULE, **pullcord(incident_type="tool-abuze")}) == [
        "there is no incident type 'tool-abuze'"
    ]
    assert whats({**RULE, **pullcord(incident_type=None)}) == ["it names no incident type"]
    assert lint({**RULE, **pullcord(incident_type="it-discovery")}) == []


def test_too_few_and_failing_tests_are_told() -> None:
    tests = {
        "positive": [{"gen_ai.tool.name": "read_mail"}],
        "benign": [{}, {"gen_ai.tool.name": "send_mail"}],
    }
    assert whats({**RULE, **pullcord(tests=tests)}) == [
        "benign test 1: the rule matched a benign event",
        "it has 1 positive tests, of at least 2",
        "positive test 0: the rule did not match",
    ]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ({"product": "ai", "category": "tols"}, "no event of product ai has category 'tols'"),
        ({"product": "pullcrod"}, "no source sends events of product 'pullcrod'"),
    ],
)
def test_a_rule_that_can_never_match_is_told(source: dict[str, str], what: str) -> None:
    assert whats({**RULE, "logsource": source}) == [what]


@pytest.mark.parametrize(
    "source", [{"product": "AI", "category": "Tool"}, {"product": "ai"}, {"category": "tool"}]
)
def test_a_log_source_that_exists_is_not(source: dict[str, str]) -> None:
    assert lint({**RULE, "logsource": source}) == []


def test_twins_are_told() -> None:
    other = {**RULE, "id": "5b6f2a5e-1c57-4f5b-9d5e-0a4f3f0d7c12", "title": "AGENT sent a mail"}
    (problem,) = lint(RULE, other)
    assert problem.what == "title is also that of a.yml:1"
    (problem,) = lint(RULE, {**RULE, "title": "Agent sent mail"})
    assert "another rule has the same id" in problem.what
    named = [{**each, "name": "sent"} for each in (RULE, {**other, "title": "Agent sent mail"})]
    assert "name is also that of a.yml:" in whats(*named)[0]


def content(level: str, **section: object) -> dict[str, Any]:
    tests = {
        "positive": [{"gen_ai.tool.call.result": "obey me"}, {"gen_ai.tool.call.result": "now obey"}],
        "benign": [{}, {"gen_ai.tool.call.result": "pressure is 4 bar"}],
    }
    detection = {"selection": {"gen_ai.tool.call.result|contains": "obey"}, "condition": "selection"}
    return {**RULE, "level": level, "detection": detection, **pullcord(tests=tests, **section)}


def test_wording_is_never_severe() -> None:
    assert lint(content("medium")) == lint(content("medium", signal="text")) == []
    assert whats(content("high")) == ["it judges content and is above medium"]
    assert whats(content("critical", signal="text")) == ["a rule about wording is above medium"]
    assert lint(content("high", signal="rule")) == []


def test_searches_are_looked_at() -> None:
    detection = {
        "selection": {"gen_ai.tool.name": "*send_mail*", "gen_ai.tol.x": "b"},
        "condition": "selection",
    }
    found = {problem.what: problem.weight for problem in lint({**RULE, "detection": detection})}
    assert found["gen_ai.tool.name: wildcards at both ends of '*send_mail*'"] is Weight.ERROR
    assert found["no event of this log source is documented to have 'gen_ai.tol.x'"] is Weight.WARNING


def test_correlations_are_looked_at_too() -> None:
    base = {**RULE, "name": "sent"}
    many = {
        **without("logsource"),
        "title": "Many mails",
        "id": "6b6f2a5e-1c57-4f5b-9d5e-0a4f3f0d7c13",
        "tags": ["atlas.aml.t0086", "nonsense.x"],
        "correlation": {"type": "event_count", "rules": ["sent"], "timespan": "1m", "condition": {"gte": 2}},
        **pullcord(tests={"positive": [{"@rule": "sent", "gen_ai.tool.name": "send_mail", "@repeat": 2}]}),
    }
    del many["detection"]
    assert set(whats(base, many)) == {
        "it has 0 benign tests, of at least 2",
        "it has 1 positive tests, of at least 2",
        "tag 'nonsense.x' has an unknown namespace",
    }


@pytest.mark.parametrize(("name", "known"), [("gen_ai.agent.name", True), ("gen_ai.agent.nmae", False)])
def test_what_correlations_group_by_is_looked_at(name: str, known: bool) -> None:  # noqa: FBT001
    step = {"@rule": "sent", "gen_ai.tool.name": "send_mail", name: "x", "@repeat": 2}
    many = {
        **{key: value for key, value in RULE.items() if key not in {"logsource", "detection"}},
        "title": "Many mails",
        "id": "6b6f2a5e-1c57-4f5b-9d5e-0a4f3f0d7c13",
        "correlation": {
            "type": "event_count",
            "rules": ["sent"],
            "group-by": [name],
            "timespan": "1m",
            "condition": {"gte": 2},
        },
        **pullcord(tests={"positive": [step, step], "benign": [{"@rule": "sent"}, {"@rule": "sent"}]}),
    }
    found = lint({**RULE, "name": "sent"}, many)
    assert [problem.weight for problem in found] == ([] if known else [Weight.WARNING])
    assert all(name in problem.what for problem in found)


def test_a_filter_needs_little() -> None:
    one = {
        "title": "Not the mail robot",
        "id": "7b6f2a5e-1c57-4f5b-9d5e-0a4f3f0d7c14",
        "description": "It sends all day.",
        "logsource": {"product": "ai", "category": "tool"},
        "filter": {"rules": [ID], "selection": {"user.name": "robot"}, "condition": "not selection"},
    }
    assert lint(RULE, one) == []
    assert whats(RULE, {**one, "description": ""}) == ["description is missing"]


@given(st.binary(max_size=200), st.text(max_size=200))
def test_whatever_files_hold_is_linted(data: bytes, text: str) -> None:
    found = lint_rules([("a.yml", data), ("b.yml", text.encode("utf-8", "replace")), ("c.yml", b"[[]]")])
    assert all(problem.line >= 1 and problem.what and problem.cure for problem in found)
    assert {problem.path for problem in found} >= {"c.yml"}
