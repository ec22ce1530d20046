"""A compiled correlation rule: what to count, per what, within which time, and when it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, Protocol

from pullcord.detection.extension import Extension
from pullcord.model.finding import Severity

Number = int | Fraction


class CorrelationType(StrEnum):
    """The types of Sigma 2.1, and the median as pySigma has it."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"
    VALUE_MEDIAN = "value_median"

    @property
    def temporal(self) -> bool:
        """Whether it asks which rules matched, not how much."""
        return self in {CorrelationType.TEMPORAL, CorrelationType.TEMPORAL_ORDERED}

    @property
    def numeric(self) -> bool:
        """Whether it calculates with the values of a field."""
        return not self.temporal and self not in {CorrelationType.EVENT_COUNT, CorrelationType.VALUE_COUNT}


class Seen(NamedTuple):
    """Which rules matched within a window, as bits (bit 0: the first rule).

    Attributes:
        chains: sets of rules that count as seen; for an ordered rule those whose matches follow each other.
        present: every rule that matched, in whatever order.
    """

    chains: tuple[int, ...]
    present: int


class Condition(Protocol):
    """When a correlation holds."""

    @property
    def text(self) -> str:
        """What the rule asks for, to be read after "the rule asks for"."""
        ...

    def holds(self, reading: Number | Seen) -> bool:
        """Whether it holds for what was measured."""
        ...


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule that a correlation rests on.

    Attributes:
        rule_id: as in its status.
        title: for people.
        text: whether it only judges wording.
        group: the field of each group-by name in its events.
        fields: the fields whose values count, in its events.
    """

    rule_id: str
    title: str
    text: bool
    group: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrelationRule:
    """A compiled correlation rule.

    Attributes:
        rule_id: as in its status.
        name: by which other correlations refer to it.
        title, author, severity, techniques, extension: as of other rules; techniques include those of its bases.
        type: what it measures.
        references: the rules it rests on, in their order.
        group_by: names, as the rule writes them, by which matches are kept apart; none: all together.
        field: what it measures values of, as the rule writes it; empty where it counts matches.
        timespan: nanoseconds.
        window: the time span for people (``5 min``).
        percentile: 0 to 100; 50 for the median.
        condition: when it speaks.
        emits: False if it is only there for another correlation.
        key: digest of everything that decides what its state means; a rule that changed starts afresh.
    """

    rule_id: str
    name: str | None
    title: str
    author: str
    severity: Severity
    techniques: tuple[str, ...]
    extension: Extension
    type: CorrelationType
    references: tuple[Reference, ...]
    group_by: tuple[str, ...]
    field: str
    timespan: int
    window: str
    percentile: Fraction
    condition: Condition
    emits: bool
    key: str
