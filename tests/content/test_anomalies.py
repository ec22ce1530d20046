from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from pullcord.content import walk
from pullcord.detection.anomaly import AnomalyDetector, Declaration, load_anomalies
from pullcord.detection.anomaly.declaration import DetectorKind
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding, Severity
from pullcord.triage.types import load_types
from tests.content.anomaly_stories import STORIES, Story
from tests.gates.lint import ROOT

FILES = dict(walk("anomalies", ".yaml"))
LOADED = load_anomalies(FILES.items())
DECLARATIONS = {declaration.id: declaration for declaration in LOADED.declarations}
TYPES = load_types(walk("incident_types", ".yaml"))
CATEGORIES = {"llm", "tool", "vision", "prediction", "ot", "access"}
TECHNIQUES = {
    "AML.T0010",
    "AML.T0012",
    "AML.T0015",
    "AML.T0024.002",
    "AML.T0029",
    "AML.T0034",
    "AML.T0034.001",
    "AML.T0043",
    "AML.T0051.001",
    "AML.T0053",
    "AML.T0054",
    "AML.T0057",
    "AML.T0086",
    "T0855",
    "T0856",
}
"""Of MITRE ATLAS 5.6 and ATT&CK for ICS 18; an id outside this list is a slip of the pen."""


def test_every_file_loads_under_its_own_name() -> None:
    assert [str(problem.error) for problem in LOADED.problems] == []
    assert {f"{name}.yaml" for name in DECLARATIONS} == set(FILES)


@pytest.mark.parametrize("declaration", LOADED.declarations, ids=lambda d: d.id)
def test_every_declaration_is_documented(declaration: Declaration) -> None:
    assert declaration.logsource.product == "ai"
    assert declaration.logsource.category in CATEGORIES
    assert declaration.incident_type in TYPES
    assert set(declaration.techniques) <= TECHNIQUES
    assert declaration.techniques
    assert declaration.severity in (Severity.LOW, Severity.MEDIUM)
    assert len(declaration.falsepositives) >= 2
    assert len(declaration.description) > 20


def test_every_kind_of_detector_is_used() -> None:
    assert {declaration.detector for declaration in LOADED.declarations} == set(DetectorKind)


def test_the_reference_lists_them_all_with_their_false_rate() -> None:
    page = (ROOT / "docs" / "reference" / "anomalies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([\d.]+) \|$", page, re.MULTILINE))
    assert rows == {d.id: f"{d.false_rate:.5f}".rstrip("0") for d in LOADED.declarations}


def run(
    declaration: Declaration, make: Callable[[int], Mapping[str, object]], count: int, step: int
) -> list[Finding]:
    source = LogSource(product="ai", category=declaration.logsource.category)
    events = []
    for number in range(count):
        made = make(number)
        time = 1_770_000_000 * 10**9 + number * step
        events.append(
            Event(
                id=f"e{number}",
                time=time,
                logsource=source,
                attributes={
                    key: value for key, value in made.items() if isinstance(value, str | int | float | list)
                },
            )
        )
    return AnomalyDetector([declaration]).feed(events)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_each_finds_its_attack_and_hardly_anything_before(story: Story) -> None:
    declaration = DECLARATIONS[story.id]
    found = run(declaration, story.event, story.calm + story.attack, story.step)
    late = [finding for finding in found if int(finding.event_ids[0][1:]) >= story.calm]
    early = len(found) - len(late)
    assert late, "the attack was not found"
    assert early <= 3 + 3 * declaration.false_rate * story.calm
    assert all(len(finding.reasons) == 5 for finding in found)


def test_every_declaration_has_its_story() -> None:
    assert sorted(story.id for story in STORIES) == sorted(DECLARATIONS)
