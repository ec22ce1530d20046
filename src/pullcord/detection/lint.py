"""Lint rules: what loads but would not do what its author means, or would leave a reader alone at night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from pullcord import content
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.extension import Extension, Signal
from pullcord.detection.lint_document import Document, read_documents
from pullcord.detection.lint_fields import Note, check_fields
from pullcord.detection.log_sources import log_sources
from pullcord.detection.rule_tests import fresh_detectors, run_tests
from pullcord.detection.rules import Rule, RuleSet, load_rules
from pullcord.detection.tags import techniques
from pullcord.model.event import LogSource
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

LEAST_TESTS = 2
"""Positive and benign events that a rule should have, of each."""

_NAMESPACES = frozenset({"attack", "atlas", "car", "cve", "d3fend", "detection", "stp", "tlp"})
_WANTED = {
    "id": "give it a UUID of its own: findings and suppressions refer to it",
    "title": "say in a few words what it finds",
    "level": "say how bad a match is: informational, low, medium, high or critical",
    "description": "say what it finds and why that matters, in a sentence or two",
    "falsepositives": "say what else looks like this; the analyst will ask",
    "tags": "name the ATLAS or ATT&CK technique, such as atlas.aml.t0051.001",
}


class Weight(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Noun, frozen=True, kw_only=True):
    """Something to mend.

    Attributes:
        line: from 1.
        cure: what to do, as an imperative.
        weight: a warning may be meant so.
    """

    path: str
    line: int
    what: str
    cure: str
    weight: Weight = Weight.ERROR


def lint_rules(items: Iterable[tuple[str, bytes]]) -> list[Problem]:
    """Everything there is to say about rules, by path and line. Never raises for what a file holds.

    Args:
        items: (path, bytes of a YAML file), all rules that are to be used together.
    """
    files = list(items)
    ruleset = load_rules(files)
    documents = list(read_documents(files, ruleset.statuses))
    found = [*_duplicates(documents), *_tests(ruleset, documents), *_groups(ruleset, documents)]
    for document in documents:
        for note, weight in _notes(document):
            found.append(_problem(document, note, weight))
    return sorted(found, key=lambda problem: (problem.path, problem.line, problem.what))


def _problem(document: Document, note: Note, weight: Weight = Weight.ERROR) -> Problem:
    line = document.line(*note.place)
    return Problem(path=document.status.path, line=line, what=note.what, cure=note.cure, weight=weight)


def _duplicates(documents: Iterable[Document]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Document] = {}
    for document in documents:
        for key in ("title", "name"):
            text = document.text(key).casefold()
            first = seen.setdefault((key, text), document)
            if text and first is not document:
                what = f"{key} is also that of {first.status.path}:{first.line(key)}"
                yield _problem(document, Note(what, f"give it its own {key}", (key,)))


def _notes(document: Document) -> Iterator[tuple[Note, Weight]]:
    """What one document says about itself."""
    if not document.loaded:
        yield Note(f"it does not load: {document.status.error}", "correct the rule"), Weight.ERROR
        return
    data, extension = document.data, document.extension
    notes = list(_missing(data, extension))
    if "filter" not in data:
        notes += [*_tags(data), *_type(extension)]
    if "detection" in data:
        source = _source(data)
        notes += [*_logsource(source), *_wording(document, extension)]
        for note, certain in check_fields(data["detection"], source):
            yield note, Weight.ERROR if certain else Weight.WARNING
    yield from ((note, Weight.ERROR) for note in notes)


def _missing(data: Mapping[str, Any], extension: Extension) -> Iterator[Note]:
    # A malfunction is nobody's technique, and a filter finds nothing.
    spared = {"tags"} if extension.incident_type == "malfunction" else set()
    spared |= {"level", "falsepositives", "tags"} if "filter" in data else set()
    for key, cure in _WANTED.items():
        if key not in spared and not data.get(key):
            yield Note(f"{key} is missing", cure)


def _tags(data: Mapping[str, Any]) -> Iterator[Note]:
    tags = data.get("tags")
    for tag in tags if isinstance(tags, list) else []:
        text = str(tag).lower()
        namespace = text.partition(".")[0].removeprefix("mitre-").removeprefix("mitre_")
        if namespace not in _NAMESPACES:
            known = ", ".join(sorted(_NAMESPACES))
            yield Note(f"tag {text[:80]!r} has an unknown namespace", f"use one of {known}", ("tags",))
        elif namespace == "atlas" and not techniques([text]):
            yield Note(f"tag {text[:80]!r} is no ATLAS technique", "write atlas.aml.t0051.001", ("tags",))


def _type(extension: Extension) -> Iterator[Note]:
    place = ("custom",)
    if extension.incident_type is None:
        yield Note(
            "it names no incident type",
            "set custom.pullcord.incident_type, so that triage need not guess",
            place,
        )
    elif extension.incident_type not in _incident_types():
        cure = "use one of content/incident_types"
        yield Note(f"there is no incident type {extension.incident_type[:80]!r}", cure, place)


def _incident_types() -> frozenset[str]:
    names = (path.removesuffix(".yaml") for path, _ in content.walk("incident_types", ".yaml"))
    return frozenset(name.rpartition("/")[2] for name in names)


def _source(data: Mapping[str, Any]) -> LogSource:
    given = data.get("logsource")
    parts = given if isinstance(given, Mapping) else {}
    return LogSource(**{key: str(parts[key]) for key in ("product", "category", "service") if parts.get(key)})


def _logsource(source: LogSource) -> Iterator[Note]:
    known = log_sources()
    place = ("logsource",)
    if source.product is not None and source.product.casefold() not in known.products():
        cure = "correct the product, or see the reference of rules for those that there are"
        yield Note(f"no source sends events of product {source.product[:80]!r}", cure, place)
    elif source.product is not None and source.product.casefold() == "ai" and not known.serving(source):
        cure = "use a category of the reference of rules"
        yield Note(f"no event of product ai has category {str(source.category)[:80]!r}", cure, place)


def _wording(document: Document, extension: Extension) -> Iterator[Note]:
    severe = document.text("level").casefold() in {Severity.HIGH, Severity.CRITICAL}
    if severe and extension.signal is Signal.TEXT:
        yield Note(
            "a rule about wording is above medium",
            "lower its level: wording alone proves nothing",
            ("level",),
        )
    elif severe and document.reads_content and not document.states_signal:
        cure = (
            "set custom.pullcord.signal: text and lower the level; or signal: rule if it is not about wording"
        )
        yield Note("it judges content and is above medium", cure, ("level",))


def _tests(ruleset: RuleSet, documents: Iterable[Document]) -> Iterator[Problem]:
    rules: dict[str, Rule | CorrelationRule] = {rule.rule_id: rule for rule in ruleset.rules}
    rules |= {rule.rule_id: rule for rule in ruleset.correlations}
    factory = fresh_detectors()
    for document in documents:
        rule = rules.get(document.status.rule_id) if document.loaded else None
        if rule is None:
            continue
        tests = rule.extension.tests
        for kind, items in (("positive", tests.positive), ("benign", tests.benign)):
            if len(items) < LEAST_TESTS:
                what = f"it has {len(items)} {kind} tests, of at least {LEAST_TESTS}"
                yield _problem(
                    document, Note(what, f"add {kind} events under custom.pullcord.tests", ("custom",))
                )
        for result in run_tests(ruleset, rule.rule_id, factory):
            if not result.passed:
                what = f"{result.kind} test {result.index}: {result.why}"
                yield _problem(document, Note(what, "correct the rule or the test", ("custom",)))


def _groups(ruleset: RuleSet, documents: Iterable[Document]) -> Iterator[Problem]:
    """Attributes that correlations group by or measure; a misspelt one is absent, and the rule never speaks."""
    sources = {rule.rule_id: rule.logsource for rule in ruleset.rules}
    places = {document.status.rule_id: document for document in documents if document.loaded}
    for rule in ruleset.correlations:
        names: dict[str, None] = {}
        for base in rule.references:
            # A correlation of correlations has no log source to look at.
            if base.rule_id in sources:
                wanted = (*base.group, *base.fields)
                names |= dict.fromkeys(log_sources().unknown(sources[base.rule_id], wanted))
        for name in names:
            what = f"no event of its rules is documented to have {name[:80]!r}"
            note = Note(what, "correct the name; see the reference of rules", ("correlation",))
            yield _problem(places[rule.rule_id], note, Weight.WARNING)
