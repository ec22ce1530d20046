from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.detect import Detection
from pullcord.app.inputs import Inputs
from pullcord.model.errors import NothingReadableError, UsageError
from pullcord.model.finding import Finding, FindingKind
from tests.app.build import native, recording, refused_write
from tests.response.build import Ticking

RULE = """title: Loud
id: 0d6e1a3e-27f2-4c1c-8c55-6a5d2a9b1c11
logsource: {product: ai}
detection: {selection: {noise: loud}, condition: selection}
level: high
"""


def found(*paths: Path, rules: Path | None = None) -> list[Finding]:
    inputs = Inputs(paths, Ticking(), lambda _line: None)
    detection = Detection(rules, ["northfield.example"])
    return [finding for findings in detection.run(inputs) for finding in findings]


def test_rules_and_behaviour_speak_of_the_attack_alone(tmp_path: Path) -> None:
    findings = found(recording(tmp_path))
    assert {one.kind for one in findings} >= {FindingKind.RULE, FindingKind.BEHAVIOUR}
    assert len({one.trace_id for one in findings}) == 1
    assert len({one.id for one in findings}) == len(findings)


def test_an_event_given_twice_is_found_once(tmp_path: Path) -> None:
    first = tmp_path / "a.ndjson"
    first.write_text(f"{refused_write('x')}\n{refused_write('x')}\n", encoding="utf-8")
    second = tmp_path / "b.ndjson"
    second.write_text(f"{refused_write('x')}\n", encoding="utf-8")
    once = found(second)
    assert once
    assert found(first, second) == once


def test_own_rules_replace_the_shipped_ones_and_broken_ones_are_told(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yml").write_text(RULE, encoding="utf-8")
    (rules / "b.yml").write_text("title: [", encoding="utf-8")
    path = tmp_path / "a.ndjson"
    path.write_text(
        f"{native('quiet')}\n{native('x', noise='LOUD')}\n{refused_write('y')}\n", encoding="utf-8"
    )
    assert [one.event_ids for one in found(path, rules=rules)] == [("x",)]
    statuses = Detection(rules).statuses
    assert [one.error is None for one in statuses] == [True, False]


def test_no_rule_folder_and_no_record_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Detection(tmp_path / "missing")
    empty = tmp_path / "empty.ndjson"
    empty.touch()
    with pytest.raises(NothingReadableError):
        found(empty)
