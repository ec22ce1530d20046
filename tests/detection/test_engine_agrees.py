"""The engine with each gate against the reference interpreter, on generated rules and events."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.detection import tuning
from pullcord.detection.engine import Detector
from pullcord.detection.gate import GateKind
from pullcord.detection.rules import load_rules
from pullcord.detection.sigma_parse import parse
from pullcord.model.event import LogSource
from tests.detection.build import event, rule_yaml
from tests.detection.reference import matches
from tests.detection.test_sigma import ATTRIBUTES, CONDITIONS, SEARCHES

# Long enough to be gated; letters that fold to others, to several, or look like others; what escapes in JSON.
WORDS = (
    "ignore previous",
    "IGNORE",
    "straße",
    "STRASSE",
    "\N{KELVIN SIGN}elvin",
    "kelvin",
    "\N{LATIN SMALL LETTER LONG S}ecret",
    "secret",
    "İstanbul",
    "i\N{COMBINING DOT ABOVE}stanbul",
    'say "quoted"',
    "back\\slash/",
    "tab\there",
    "naïve ☃",
    "cmd.exe",
    "ab",
    "4625",
    "true story",
)
PIECES = st.sampled_from(WORDS)
TEXT = st.lists(st.one_of(PIECES, st.sampled_from([" ", "x", "\0", "\n", "é"])), max_size=4).map("".join)
FIELDS = st.sampled_from(["a", "b", "gen_ai.input.messages"])
MODIFIERS = st.sampled_from(
    ["", "|contains", "|startswith", "|endswith", "|contains|cased", "|contains|all", "|re|i"]
)
NEEDLES = PIECES.map(lambda word: word.replace("\\", "\\\\"))
ITEMS = st.one_of(
    st.tuples(st.builds(str.__add__, FIELDS, MODIFIERS), st.lists(NEEDLES, min_size=1, max_size=3)),
    st.tuples(
        st.builds(str.__add__, FIELDS, st.sampled_from(["|gt", "|gte", "|lt", "|lte", "|neq", ""])),
        st.integers(-2, 5),
    ),
    st.tuples(st.builds("{}|exists".format, FIELDS), st.booleans()),
    st.tuples(FIELDS, st.one_of(st.none(), st.booleans())),
)
LONG = st.one_of(
    st.lists(ITEMS, min_size=1, max_size=3).map(dict),
    st.lists(NEEDLES, min_size=1, max_size=3),
    SEARCHES,
)
SOURCES = st.sampled_from([{"product": "ai", "category": "tool"}, {"product": "ai"}, {"category": "llm"}])
RULES = st.lists(st.tuples(LONG, LONG, CONDITIONS, SOURCES), min_size=1, max_size=5)
VALUES = st.one_of(
    TEXT, st.integers(-3, 6), st.floats(-2, 6, width=16), st.booleans(), st.lists(TEXT, max_size=3)
)
EVENTS = st.lists(
    st.tuples(
        st.one_of(st.dictionaries(FIELDS, VALUES, max_size=3), ATTRIBUTES),
        st.sampled_from([LogSource(product="ai", category="tool"), LogSource(product="ai", category="llm")]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("kind", list(GateKind))
@settings(max_examples=150, deadline=None)
@given(RULES, EVENTS)
def test_the_engine_agrees_with_the_reference_whatever_gate(
    kind: GateKind,
    drafts: list[tuple[object, object, str, dict[str, str]]],
    pairs: list[tuple[dict[str, Any], LogSource]],
) -> None:
    documents = {
        f"{number}.yml": rule_yaml({"s1": one, "s2": two, "condition": condition}, logsource=source)
        for number, (one, two, condition, source) in enumerate(drafts)
    }
    rules = load_rules(documents.items())
    events = [event(attributes, source, id=f"e{number}") for number, (attributes, source) in enumerate(pairs)]
    found = {(one.rule_id, one.event_ids[0]) for one in Detector(rules, kind).detect(events)}
    expected = set()
    for rule in rules.rules:
        tree = parse(documents[rule.rule_id].decode())
        wanted = msgspec.structs.astuple(rule.logsource)
        for one in events:
            given_words = msgspec.structs.astuple(one.logsource)
            fits = all(want in (None, has) for want, has in zip(wanted, given_words, strict=True))
            if fits and matches(tree, one.attributes):
                expected.add((rule.rule_id, one.id))
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(RULES, EVENTS)
def test_filing_anew_changes_nothing(
    drafts: list[tuple[object, object, str, dict[str, str]]], pairs: list[tuple[dict[str, Any], LogSource]]
) -> None:
    rules = load_rules(
        (f"{number}.yml", rule_yaml({"s1": one, "s2": two, "condition": condition}, logsource=source))
        for number, (one, two, condition, source) in enumerate(drafts)
    )
    events = [event(attributes, source, id=f"e{number}") for number, (attributes, source) in enumerate(pairs)]
    plain = Detector(rules).detect(events * 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "_FIRST", 1)
        patch.setattr(tuning, "_GROWTH", 2)
        patch.setattr(tuning, "_EVERY", 1)
        tuned = Detector(rules)
        assert [finding for _ in range(4) for finding in tuned.detect(events)] == plain
