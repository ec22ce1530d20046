from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pullcord.app.document import IncidentDocument
from pullcord.app.incidents import listed, shown
from pullcord.app.report import render, standing, timeline
from pullcord.model.explanation import Candidate, Edge, EdgeKind, Explanation, Verdict
from pullcord.model.plan import Refusal

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% for x in y %}",
    "</style><style>body{display:none}</style>",
    "' onmouseover='alert(1)",
    "--><!--",
    "javascript:alert(1)",
    "&lt;b&gt;&#60;script&#62;",
    "\u202e\u0000\ud7ff<svg/onload=1>",
]


class Page(HTMLParser):
    """What a browser would make of a page: tags with their attribute names, styles, and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def poisoned(value: Any, text: str) -> Any:  # noqa: ANN401  (any noun)
    """The same noun with every free text in it replaced; enumerations and numbers stay."""
    if type(value) is str:
        return text
    if isinstance(value, tuple):
        return tuple(poisoned(item, text) for item in value)
    if isinstance(value, dict):
        return {poisoned(key, text): poisoned(item, text) for key, item in value.items()}
    if isinstance(value, msgspec.Struct):
        fields = {name: poisoned(getattr(value, name), text) for name in value.__struct_fields__}
        return type(value)(**fields)
    return value


@pytest.fixture(scope="module")
def document(simulated: Path) -> IncidentDocument:
    """A real document, with something in every field that the demo leaves empty."""
    folder = simulated / "state"
    found = max((shown(folder, one.id) for one in listed(folder)), key=lambda one: len(one.actions))
    told = Explanation(
        trace_id="t",
        verdict=Verdict.ATTACK_SUCCEEDED,
        score=0.9,
        origin=(Candidate(span_id="o", confidence=0.5),),
        actions=(Candidate(span_id="a", confidence=0.5),),
        edges=(Edge(source="o", target="a", kind=EdgeKind.PROVEN, why="shares a value", weight=1.0),),
        statement="It did.",
        missing=("arguments",),
    )
    plans = tuple(
        msgspec.structs.replace(
            one,
            refused=(Refusal(what="cut", why="unknown"),),
            gates=("golden set",),
            fallback="by hand",
            reasons=("because",),
        )
        for one in found.plans
    )
    return msgspec.structs.replace(
        found,
        plans=plans,
        explanations=(*found.explanations, told),
        site="Northfield",
        risk_path=("copilot", "cell"),
        exposed=("recipe",),
        unregistered=("shadow",),
        reasons=("because",),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_an_incident_changes_the_page(document: IncidentDocument, text: str) -> None:
    plain, attacked = Page(render(poisoned(document, "plain"))), Page(render(poisoned(document, text)))
    assert attacked.shape == plain.shape
    assert attacked.values == plain.values, "nothing of an incident stands in an attribute"
    assert attacked.text.count(text.replace("\0", "\ufffd")) + attacked.text.count(text) >= 20


@pytest.mark.parametrize("text", ["plain", *HOSTILE])
def test_the_page_has_no_script_no_handler_and_no_address(document: IncidentDocument, text: str) -> None:
    html = render(poisoned(document, text))
    assert "<script" not in html.lower()
    page = Page(html)
    names = {name for _, attributes in page.shape for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"href", "src", "srcset", "action", "formaction", "data", "style", "background"}
    tags = {tag for tag, _ in page.shape}
    assert not tags & {"script", "iframe", "object", "embed", "img", "link", "base", "form", "svg", "a"}


def test_the_policy_forbids_everything_but_the_style_of_the_page(document: IncidentDocument) -> None:
    html = render(document)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    expected = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["style-src"] == f"'sha256-{expected}'"
    assert directives["base-uri"] == directives["form-action"] == "'none'"
    assert "script-src" not in directives
    assert not re.search(r"url\(|@import|https?:", style)


def test_the_page_names_no_address_outside(document: IncidentDocument) -> None:
    assert not re.findall(r"(?:https?:)?//[\w.]+", render(poisoned(document, "plain")))


def test_simulation_is_said_and_planning_is_not_called_simulation(simulated: Path, planned: Path) -> None:
    for folder, expected in ((simulated, True), (planned, False)):
        pages = [path.read_text(encoding="utf-8") for path in folder.glob("incidents/*/report.html")]
        assert pages
        assert all(("SIMULATED" in page) is expected for page in pages)


def test_standing_adds_up(document: IncidentDocument) -> None:
    stand = standing(document)
    assert stand.total == len(document.actions)
    assert stand.done + len(stand.waiting) == stand.total
    verified = sum(one.verification is not None for one in document.actions)
    assert stand.confirmed + stand.refuted + stand.unknown == verified
    assert stand.verdict == "An attack probably succeeded", "the gravest verdict counts"
    nothing = msgspec.structs.replace(document, explanations=(), actions=())
    assert standing(nothing).verdict == "It cannot be told from what was recorded"
    assert standing(nothing).waiting == ()


def test_the_timeline_goes_by_time_and_is_bounded(document: IncidentDocument) -> None:
    moments = timeline(document)
    kinds = {one.kind for one in moments}
    assert kinds == {"finding", "phase", "decision", "action"}
    assert [one.time for one in moments] == sorted(one.time for one in moments)
    many = msgspec.structs.replace(document, findings=document.findings * 300)
    assert len(timeline(many)) == 200
    assert len(Page(render(many)).shape) < 10_000


def test_an_open_incident_without_anything_still_renders(document: IncidentDocument) -> None:
    names = ("phases", "findings", "plans", "actions", "approvals", "evidence", "explanations", "lessons")
    bare = msgspec.structs.replace(document, **dict.fromkeys(names, ()), origin=(), closed=False, assets=())
    assert "No evidence was kept." in Page(render(bare)).text
