"""Declaration: what is watched, for whom, by which detector, and what it means (``pullcord.anomaly/1``)."""

from __future__ import annotations

from enum import StrEnum

from pullcord.detection.anomaly.parameters import Scale, Side
from pullcord.model.event import LogSource
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

SCHEMA = "pullcord.anomaly/1"


class DetectorKind(StrEnum):
    """Which model judges."""

    EWMA = "ewma"
    CUSUM = "cusum"
    PAGE_HINKLEY = "page_hinkley"
    ADWIN = "adwin"
    FIRST_SEEN = "first_seen"
    RARITY = "rarity"
    SEQUENCE = "sequence"
    DRIFT = "drift"
    CLASS_DRIFT = "class_drift"
    EMBEDDING_DRIFT = "embedding_drift"
    RESIDUAL = "residual"


class Of(StrEnum):
    """What of a numeric value is judged."""

    VALUE = "value"
    CHANGE = "change"
    """The change per second since the value before."""


class Window(Noun, frozen=True, kw_only=True):
    """Events that make one value together; exactly one of the three is set.

    Attributes:
        time: length of a time bin, as a duration (``30s``, ``5m``, ``1h``, ``1d``).
        session: attribute that names a session.
        events: number of events in a row.
    """

    time: str | None = None
    session: str | None = None
    events: int | None = None


class Unit(Noun, frozen=True, kw_only=True):
    """In which unit a value is compared and shown. Logarithms want one in which usual values are above 1.

    Attributes:
        name: for example ``ms``.
        per: how many of the source's unit make one of it.
    """

    name: str = ""
    per: float = 1.0


class Declaration(Noun, frozen=True, kw_only=True):
    """One anomaly detector.

    Attributes:
        id: becomes the ``rule_id`` of its findings.
        version: rises with every change. A change of what is measured forgets what was learned.
        logsource: as in a Sigma rule.
        where: attribute → values; each must have one of them.
        entity: attributes that name whose value it is; ``a|b``: the first that is there. ``asset``, ``actor`` and
            ``trace_id`` are those of the event; a trailing ``?``: may be absent. The site always belongs to it.
        value: attribute that is judged, ``a|b`` as above; ``count``: the events themselves.
        tag: attribute that names the tag (``residual`` only), ``a|b`` as above.
        matches: the value counts as 1 if it is one of these texts (``*``: if there is one), else as 0.
        window: events that make one value together; without it each event is judged.
        scale: what is done to a number before it is compared.
        of: the value, or its change per second.
        hour_of_week: compare with the same hour of other weeks, once two of them are known (time bins only).
        detector: which model judges.
        side: the suspicious direction.
        parameters: of the model; docs/reference/anomalies.md lists them.
        warm_up: values learned before the first is judged.
        false_rate: how many of the benign values may be called anomalous.
        persist: anomalous values in a row that are told; 1: the first.
        again: after how long an entity that stays anomalous is reported again, as a duration.
        meaning: what it means, for the analyst.
        falsepositives: what else explains it.
    """

    schema: str
    id: str
    version: int
    title: str
    description: str
    logsource: LogSource
    entity: tuple[str, ...]
    value: str
    detector: DetectorKind
    false_rate: float
    severity: Severity
    meaning: str
    falsepositives: tuple[str, ...]
    incident_type: str | None = None
    techniques: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    tag: str | None = None
    matches: tuple[str, ...] = ()
    window: Window | None = None
    scale: Scale = Scale.RAW
    of: Of = Of.VALUE
    hour_of_week: bool = False
    unit: Unit = Unit()
    side: Side = Side.BOTH
    parameters: dict[str, float | str] = {}
    warm_up: int = 50
    persist: int = 1
    again: str = "1h"
