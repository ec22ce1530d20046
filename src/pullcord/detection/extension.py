"""Our own section of a Sigma rule, ``custom.pullcord``: it adds to a rule, never changes what it matches."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from pullcord.detection.errors import RuleError
from pullcord.model.event import LogSource, Value
from pullcord.model.noun import Noun

MOST_ITEMS = 100
"""Test items of each kind in a rule."""
MOST_STEPS = 500
"""Maps in one test item."""
MOST_REPEATS = 5_000
"""Events that one map of a test item may stand for."""

_CURE = "see the reference of rules for the keys it may have"


class Signal(StrEnum):
    """What a match of the rule is worth."""

    RULE = "rule"
    TEXT = "text"


class Step(Noun, frozen=True, kw_only=True, rename=lambda name: f"@{name}"):
    """What a map of a test item says besides the attributes: its keys that start with ``@``.

    Attributes:
        time: seconds from the start of the item; without it, one second after the event before.
        logsource: instead of the rule's own.
        rule: name or id of the rule whose log source is meant; for correlations, which have none.
        repeat: how many events it stands for, one second apart; ``{n}`` in texts becomes 1, 2, 3 …
    """

    time: Annotated[float, msgspec.Meta(ge=0, le=366 * 86_400)] | None = None
    logsource: LogSource | None = None
    rule: str | None = None
    asset: str | None = None
    actor: str | None = None
    trace: str | None = None
    repeat: Annotated[int, msgspec.Meta(ge=1, le=MOST_REPEATS)] = 1


class Sample(Noun, frozen=True, kw_only=True):
    """One map of a test item: attributes, and what belongs to the envelope of the event."""

    attributes: dict[str, Value]
    step: Step


class RuleTests(Noun, frozen=True, kw_only=True):
    """The tests inside a rule; each item is a sequence of samples.

    Attributes:
        positive: the rule must match each.
        benign: the rule must match none.
    """

    positive: tuple[tuple[Sample, ...], ...] = ()
    benign: tuple[tuple[Sample, ...], ...] = ()


class Extension(Noun, frozen=True, kw_only=True):
    """The keys of ``custom.pullcord``.

    Attributes:
        incident_type: the type of incident that a match points to.
        signal: ``text`` if the rule judges wording; such a finding never triggers an action by itself.
        tests: events that the rule must match, and events that it must not.
    """

    incident_type: str | None = None
    signal: Signal = Signal.RULE
    tests: RuleTests = RuleTests()


class _Tests(Noun, frozen=True, kw_only=True):
    """``tests`` as written."""

    positive: list[object] = []
    benign: list[object] = []


class _Section(Noun, frozen=True, kw_only=True):
    """``custom.pullcord`` as written."""

    incident_type: str | None = None
    signal: Signal = Signal.RULE
    tests: _Tests | None = None


def read_extension(section: object) -> Extension:
    """Read the section; None means that there is none.

    Raises:
        RuleError: a key or value is unknown; a misspelt ``signal`` must not turn wording into a verdict.
    """
    if section is None:
        return Extension()
    try:
        read = msgspec.convert(section, _Section)
        tests = RuleTests() if read.tests is None else _tests(read.tests)
    except msgspec.ValidationError as error:
        raise RuleError(f"custom.pullcord: {error}", _CURE) from error
    return Extension(incident_type=read.incident_type, signal=read.signal, tests=tests)


def _tests(read: _Tests) -> RuleTests:
    both = {
        kind: tuple(_item(item, f"tests.{kind}[{place}]") for place, item in enumerate(items))
        for kind, items in (("positive", _bounded(read.positive)), ("benign", _bounded(read.benign)))
    }
    return RuleTests(positive=both["positive"], benign=both["benign"])


def _bounded(items: list[object]) -> list[object]:
    if len(items) > MOST_ITEMS:
        raise RuleError(f"custom.pullcord: more than {MOST_ITEMS} tests of a kind", "leave some out")
    return items


def _item(item: object, place: str) -> tuple[Sample, ...]:
    """One event, or a sequence of events."""
    steps = item if isinstance(item, list) else [item]
    if not 0 < len(steps) <= MOST_STEPS:
        raise RuleError(
            f"custom.pullcord: {place}: not 1 to {MOST_STEPS} events", "shorten it, or use @repeat"
        )
    return tuple(_sample(step, place) for step in steps)


def _sample(step: object, place: str) -> Sample:
    if not isinstance(step, Mapping):
        raise RuleError(f"custom.pullcord: {place}: an event is a map of attributes", _CURE)
    special = {key: value for key, value in step.items() if isinstance(key, str) and key.startswith("@")}
    plain = {key: value for key, value in step.items() if key not in special}
    try:
        return Sample(
            attributes=msgspec.convert(plain, dict[str, Value]), step=msgspec.convert(special, Step)
        )
    except msgspec.ValidationError as error:
        raise RuleError(f"custom.pullcord: {place}: {error}", _CURE) from error
