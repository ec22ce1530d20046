from __future__ import annotations

import re

import msgspec
import pytest

from pullcord.app.document import IncidentDocument, Origin
from pullcord.model.approval import Approval
from pullcord.model.evidence import Evidence
from pullcord.model.explanation import Edge, Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Phase
from pullcord.model.lesson import Lesson
from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification
from pullcord.model.plan import Action, Plan, Refusal
from tests.gates.lint import ROOT

PAGE = (ROOT / "docs" / "reference" / "incident-json.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Noun]] = {
    "The incident": IncidentDocument,
    "`phases`": Phase,
    "`findings`": Finding,
    "`plans`": Plan,
    "`actions`": Action,
    "`approvals`": Approval,
    "`evidence`": Evidence,
    "`origin`": Origin,
    "`explanations`": Explanation,
    "`lessons`": Lesson,
}
WITHIN: dict[str, list[type[Noun]]] = {
    "`plans`": [Refusal],
    "`actions`": [Receipt, Verification],
    "`explanations`": [Edge],
}


def section(title: str) -> str:
    """The text below a heading, up to the next heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title}"
    return found[1]


def named(text: str) -> set[str]:
    """The words within back-quotes."""
    return {word for quoted in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[a-z_]+", quoted)}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_field_is_explained_in_its_section(title: str) -> None:
    nouns = [SECTIONS[title], *WITHIN.get(title, [])]
    lists = set(re.findall(r"^## `(\w+)`", PAGE, re.MULTILINE))
    known = named(section(title)) | (lists if title == "The incident" else set())
    lacking = [
        f"{noun.__name__}.{one.encode_name}"
        for noun in nouns
        for one in msgspec.structs.fields(noun)
        if one.encode_name not in known
    ]
    assert not lacking, f"explain these in docs/reference/incident-json.md, section {title}: {lacking}"


def test_every_status_of_a_receipt_is_explained() -> None:
    lacking = {status.value for status in ReceiptStatus} - named(section("`actions`"))
    assert not lacking, f"explain these in docs/reference/incident-json.md: {lacking}"
