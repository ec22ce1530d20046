"""Tells by its top-level keys which format a decoded record has; every line is looked at on its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pullcord.intake.errors import UnreadableRecordError


class Format(StrEnum):
    """The formats that files may hold, in any mixture."""

    NATIVE = "native"
    OTLP = "otlp"
    OCSF = "ocsf"
    FINDING = "finding"


EVENTS = frozenset({Format.NATIVE, Format.OTLP})
FINDINGS = frozenset({Format.OCSF, Format.FINDING})

# In this order: an OCSF finding may well have `attributes` among its own.
_SIGNS = (
    ("resourceSpans", Format.OTLP),
    ("resourceLogs", Format.OTLP),
    ("class_uid", Format.OCSF),
    ("finding_id", Format.FINDING),
    ("logsource", Format.NATIVE),
    ("attributes", Format.NATIVE),
)
_FORMATS_CURE = "give native events, OTLP/JSON, OCSF findings or findings of `pullcord detect`"


def detect_format(data: Mapping[str, object]) -> Format:
    """The format of a record.

    Raises:
        UnreadableRecordError: it has none of the keys that tell.
    """
    for key, found in _SIGNS:
        if key in data:
            return found
    if "resourceMetrics" in data:
        raise UnreadableRecordError("OTLP metrics are not read", "export traces and logs only")
    raise UnreadableRecordError("no known format", _FORMATS_CURE)
