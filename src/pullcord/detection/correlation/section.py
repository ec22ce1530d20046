"""The ``correlation`` section of a rule, read strictly: an unknown key would change what the rule means."""

from __future__ import annotations

import msgspec

from pullcord.detection.correlation.rule import CorrelationType
from pullcord.detection.errors import RuleError
from pullcord.model.noun import Noun
from pullcord.model.times import DAY, SECOND

MOST_RULES = 64
MOST_GROUPS = 8
LONGEST_NAME = 512
LONGEST_TIMESPAN = 10
MOST_TIME = 3_660 * DAY
_UNITS = {"s": "s", "m": "min", "h": "h", "d": "d", "w": "weeks", "M": "months", "y": "years"}

Names = str | list[str]


class Section(Noun, frozen=True, kw_only=True, rename={"group_by": "group-by"}):
    """The keys of a correlation, as Sigma 2.1 and pySigma have them.

    Attributes:
        rules: ids or names; may be left out where an extended condition names them.
        group_by: fields or aliases.
        timespan: a count and one of s, m, h, d, w, M (month), y.
        aliases: name → rule → its field.
        condition: comparisons with ``field`` and ``percentile``, or an extended condition as text.
        generate: whether the rules it rests on give findings of their own.
    """

    type: CorrelationType
    timespan: str
    rules: Names = []
    group_by: Names = []
    aliases: dict[str, dict[str, str]] = {}
    condition: dict[str, str | int | float | list[str]] | str | None = None
    generate: bool = False


def read_section(data: object) -> Section:
    """Read the section.

    Raises:
        RuleError: a key is missing, unknown, of the wrong kind, or breaks a bound.
    """
    try:
        section = msgspec.convert(data, Section)
    except msgspec.ValidationError as error:
        raise RuleError(
            f"correlation: {error}", "see the reference of rules for the keys of a correlation"
        ) from error
    texts = [*listed(section.rules), *listed(section.group_by), *section.aliases]
    texts += [text for fields in section.aliases.values() for pair in fields.items() for text in pair]
    if any(not text.strip() or len(text) > LONGEST_NAME for text in texts):
        raise RuleError(
            f"correlation: a name is empty or longer than {LONGEST_NAME} characters", "name rules and fields"
        )
    for what, count, most in (
        ("rules", len(listed(section.rules)), MOST_RULES),
        ("group-by", len(listed(section.group_by)), MOST_GROUPS),
        ("aliases", len(section.aliases), MOST_GROUPS),
    ):
        if count > most:
            raise RuleError(f"correlation: more than {most} {what}", "split the rule")
    return section


def listed(names: Names) -> tuple[str, ...]:
    """One name or several, each once, in their order."""
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def read_timespan(text: str) -> tuple[int, str]:
    """A time span in nanoseconds, and for people.

    Raises:
        RuleError: not a time span, zero, or longer than ten years.
    """
    from sigma.correlations import SigmaCorrelationTimespan
    from sigma.exceptions import SigmaTimespanError

    cure = "write a count and one of s, m, h, d, w, M, y, for example 5m"
    if len(text) > LONGEST_TIMESPAN:
        raise RuleError(f"correlation: timespan longer than {LONGEST_TIMESPAN} characters", cure)
    try:
        span = SigmaCorrelationTimespan(text)
    except SigmaTimespanError as error:
        raise RuleError(f"correlation: {str(error).rstrip('.')}", cure) from error
    if span.seconds * SECOND > MOST_TIME:
        raise RuleError("correlation: timespan longer than ten years", "use a shorter one")
    unit = _UNITS[span.unit]
    return (
        span.seconds * SECOND,
        f"{span.count} {unit.removesuffix('s') if span.count == 1 and len(unit) > 1 else unit}",
    )
