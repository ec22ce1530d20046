"""The engines of the measurement: each takes documents and gives a function from JSON lines to (rule, event) pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import orjson

from bench.detection import columnar
from bench.detection import rivals as others
from pullcord.detection.dispatch import Dispatch
from pullcord.detection.engine import AT_ONCE, Detector
from pullcord.detection.gate import GateKind, available
from pullcord.detection.rules import load_rules
from pullcord.detection.sigma_parse import parse
from pullcord.detection.view import View
from pullcord.intake.context import Context
from pullcord.intake.quick import quick
from pullcord.model.event import LogSource

Pair = tuple[str, str]
Documents = Sequence[tuple[str, bytes]]
Run = Callable[[list[bytes]], set[Pair]]


def every(*, rivals: bool) -> Iterator[tuple[str, Callable[[Documents], Run], float]]:
    """Name, maker, and the share of the events that it gets in the time there is."""
    yield "orjson alone (no detection)", _decode, 1.0
    for kind in available():
        yield f"pullcord, {kind.value}", _ours(kind), 1.0 if kind is not GateKind.PYTHON else 0.1
    yield "closures, dispatch by log source", _closures, 0.2
    yield "reference interpreter of the tests", _reference, 0.02
    yield "DuckDB, SQL per log source", columnar.duck, 1.0
    if rivals:
        yield "Polars, expressions", columnar.polar, 1.0
        yield "azuma", others.azuma, 0.01
        yield "pySigma SQLite backend", others.sqlite, 0.5


def _decode(_: Documents) -> Run:
    def run(lines: list[bytes]) -> set[Pair]:
        for line in lines:
            orjson.loads(line)
        return set()

    return run


def _ours(kind: GateKind) -> Callable[[Documents], Run]:
    def make(documents: Documents) -> Run:
        detector = Detector(load_rules(documents), kind)
        context = Context()

        def run(lines: list[bytes]) -> set[Pair]:
            found: set[Pair] = set()
            for start in range(0, len(lines), AT_ONCE):
                events = [event for line in lines[start : start + AT_ONCE] if (event := quick(line, context))]
                found |= {(one.rule_id, one.event_ids[0]) for one in detector.detect(events)}
            return found

        return run

    return make


def _closures(documents: Documents) -> Run:
    """Every rule of the log source is asked, the way an engine without gate and look-ups does it."""
    rules = load_rules(documents).rules
    dispatch = Dispatch([rule.logsource for rule in rules])
    context = Context()

    def run(lines: list[bytes]) -> set[Pair]:
        found: set[Pair] = set()
        for line in lines:
            event = quick(line, context)
            if event is None:
                continue
            view = View(event.attributes)
            for number in dispatch.rules_for(event.logsource):
                if rules[number].node.match(view):
                    found.add((rules[number].rule_id, event.id))
        return found

    return run


def _reference(documents: Documents) -> Run:
    """The slow, obvious interpreter of the tests, over the tree that pySigma parsed."""
    from tests.detection.reference import matches

    rules = [parse(data.decode()) for _, data in documents]

    def run(lines: list[bytes]) -> set[Pair]:
        found: set[Pair] = set()
        for line in lines:
            data = orjson.loads(line)
            source = LogSource(**data["logsource"])
            for rule in rules:
                if rule.logsource.category == source.category and matches(rule, data["attributes"]):
                    found.add((str(rule.id), data["id"]))
        return found

    return run
