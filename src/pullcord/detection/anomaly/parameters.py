"""The numbers that the models of one declaration share, worked out once."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.times import HOUR, MINUTE


class Side(StrEnum):
    """In which direction a value is suspicious."""

    UPPER = "upper"
    LOWER = "lower"
    BOTH = "both"


class Scale(StrEnum):
    """What is done to a number before it is compared: logarithms for what grows by factors, roots for counts."""

    RAW = "raw"
    LOG = "log"
    SQRT = "sqrt"


class Parameters(Noun, frozen=True, kw_only=True):
    """Parameters of the models.

    Attributes:
        side: the suspicious direction.
        warm_up: values learned before the first is judged.
        memory: over how many values the reference fades.
        weight: ``1 / memory``.
        least: smallest standard deviation that counts, in the (scaled) unit of the value.
        relative: the same as a share of the level.
        slack: shift in standard deviations that CUSUM and Page-Hinkley let pass.
        low, high: the range of values, for ADWIN.
        rate: the false rate, for models with a bound of their own.
        window: values in a block that drift is looked for in, or calls that a likelihood is averaged over.
        reference: values of the reference that drift is measured against.
        learn: nanoseconds after its first event before an entity can show something new.
        stale: nanoseconds after which the last value of another tag says nothing.
        tags: most tags of an asset that are related to each other.
        idle: nanoseconds without an event after which a session has ended.
    """

    side: Side = Side.BOTH
    warm_up: int = 50
    memory: int = 200
    weight: float = 1 / 200
    least: float = 1e-9
    relative: float = 0.01
    slack: float = 0.5
    low: float = 0.0
    high: float = 1.0
    rate: float = 0.001
    window: int = 100
    reference: int = 300
    learn: int = 0
    stale: int = MINUTE
    tags: int = 4
    idle: int = HOUR
