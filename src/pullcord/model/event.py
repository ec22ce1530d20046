"""Event: one thing that was observed, as an envelope around flat, dotted OpenTelemetry-style attributes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pullcord.model.noun import Noun

Value = str | int | float | bool | list[str | int | float | bool]
"""An attribute value: a string, integer, float or boolean, or a list of one of them."""

Attributes = Mapping[str, Value]


class SourceTrust(StrEnum):
    """Whether the suspect of an incident could have written the record."""

    AUTHENTICATED = "authenticated"
    ATTACKER_WRITABLE = "attacker-writable"


class LogSource(Noun, frozen=True, kw_only=True):
    """Where a record comes from, in Sigma's three words (Sigma specification 2.1, ``logsource``)."""

    product: str | None = None
    category: str | None = None
    service: str | None = None


class Event(Noun, frozen=True, kw_only=True):
    """One observed thing.

    Attributes:
        id: unique within the sources of a site; OTLP spans: ``trace:span``.
        time: when it happened, nanoseconds UTC, by the source's clock.
        observed_time: when a collector saw it, nanoseconds UTC, if the source says so.
        received: when Pullcord read it, nanoseconds UTC; 0 where nothing was received (tests, replay).
        attributes: flat dotted keys → values; names as in the OpenTelemetry GenAI conventions (``gen_ai.*``,
            ``mcp.*``) plus ``ai.model.*``, ``ot.*``, ``vision.*``.
        asset: the thing in the plant it speaks of, as the source names it.
        actor: the principal that acted, as the source names it.
        source: which input it came through (a file name, an endpoint).
        trust: whether the suspect could have written it.
        raw_digest: SHA-256 of the raw bytes of the record, hexadecimal; empty if there were none.
    """

    id: str
    time: int
    logsource: LogSource
    attributes: Attributes
    observed_time: int | None = None
    received: int = 0
    site: str | None = None
    asset: str | None = None
    actor: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None
    source: str = ""
    trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE
    raw_digest: str = ""

    def text(self, key: str) -> str | None:
        """The attribute as text, or None if it is absent or not a string."""
        value = self.attributes.get(key)
        return value if isinstance(value, str) else None
