"""From a declaration to the numbers that its models run on."""

from __future__ import annotations

from math import exp, inf, log1p, sqrt

from pullcord.detection.anomaly.declaration import Declaration, DetectorKind
from pullcord.detection.anomaly.durations import duration
from pullcord.detection.anomaly.parameters import Parameters, Scale
from pullcord.model.times import DAY, HOUR, MINUTE

_MEMORY = {DetectorKind.EWMA: 200, DetectorKind.CUSUM: 1_000, DetectorKind.PAGE_HINKLEY: 10_000}
_BLOCKS = {DetectorKind.DRIFT: (300, 200), DetectorKind.SEQUENCE: (0, 6)}
_LEAST = {Scale.LOG: 0.05, Scale.SQRT: 0.5}
_MARGIN = 1.5


def parameters_of(declaration: Declaration) -> Parameters:
    """The parameters of a checked declaration, defaults filled in."""
    kind, given = declaration.detector, declaration.parameters

    def number(name: str, default: float) -> float:
        value = given.get(name, default)
        return default if isinstance(value, str) else float(value)

    def length(name: str, default: int) -> int:
        value = given.get(name)
        return (duration(value) if isinstance(value, str) else None) or default

    memory = int(number("memory", _MEMORY.get(kind, 1_000)))
    reference, window = _BLOCKS.get(kind, (1_000, 200))
    default = 0.5 if declaration.value == "count" else 1e-9
    least = number("resolution", _LEAST.get(declaration.scale, default))
    raw = declaration.scale is Scale.RAW and "resolution" not in given
    return Parameters(
        side=declaration.side,
        warm_up=declaration.warm_up,
        memory=memory,
        weight=1 / memory,
        least=max(least, 1e-12),
        relative=0.01 if raw else 0.0,
        slack=number("slack", 0.5),
        low=number("low", 0.0),
        high=number("high", 1.0),
        rate=declaration.false_rate,
        window=int(number("window", window)),
        reference=int(number("reference", reference)),
        learn=length("learn", 0 if kind is DetectorKind.RARITY else DAY),
        stale=length("stale", MINUTE),
        tags=int(number("tags", 4)),
        idle=length("idle", HOUR),
    )


def bound_of(declaration: Declaration) -> float:
    """The threshold that a model has by itself at the false rate; infinite where it has none.

    For distances in standard deviations it is Chebyshev's, which asks nothing of the distribution, and half as much
    again because mean and deviation are estimates. Models with a bound of their own score in its multiples.
    """
    match declaration.detector:
        case DetectorKind.EWMA | DetectorKind.RESIDUAL:
            return _MARGIN * sqrt(1 / declaration.false_rate)
        case (
            DetectorKind.ADWIN | DetectorKind.DRIFT | DetectorKind.CLASS_DRIFT | DetectorKind.EMBEDDING_DRIFT
        ):
            return 1.0
        case _:
            return inf


def floor_of(declaration: Declaration) -> float:
    """The least score worth telling: two deviations, or half of what a model with a bound of its own allows."""
    bound = bound_of(declaration)
    if declaration.detector in (DetectorKind.CUSUM, DetectorKind.PAGE_HINKLEY) or 1.0 < bound < inf:
        return 2.0
    return 0.5 if bound < inf else 0.0


def scaled(value: float, scale: Scale) -> float:
    """A value as it is compared. Logarithms and roots are of values from 0; what is below counts as 0."""
    if scale is Scale.RAW:
        return value
    value = max(value, 0.0)
    return log1p(value) if scale is Scale.LOG else 2 * sqrt(value + 0.375)


def unscaled(value: float, scale: Scale) -> float:
    """The inverse of ``scaled``."""
    if scale is Scale.RAW:
        return value
    if scale is Scale.LOG:
        return exp(min(value, 700.0)) - 1
    return max(0.0, (max(value, 0.0) / 2) ** 2 - 0.375)
