r"""A finding as one line of ArcSight's Common Event Format, version 0.

Source: the vendor's "Common Event Format" guide: a header of seven fields, in which ``\`` and ``|`` are escaped, then
``key=value`` pairs, in which ``\``, ``=`` and line breaks are. Lengths are those of its dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import pullcord
from pullcord.model.finding import Finding, Severity
from pullcord.model.times import MILLISECOND

_SEVERITY = {
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 3,
    Severity.MEDIUM: 5,
    Severity.HIGH: 8,
    Severity.CRITICAL: 10,
}
_MOST_NAME, _MOST_TEXT, _MOST_MESSAGE = 512, 1_023, 1_023
_IPV4 = 4


def to_cef(finding: Finding) -> str:
    """The finding as one line, without a syslog header; at most about 16 KiB."""
    header = (
        "CEF:0",
        "Pullcord",
        "pullcord",
        pullcord.__version__,
        _header(finding.rule_id),
        _header(finding.title),
        str(_SEVERITY[finding.severity]),
    )
    pairs = " ".join(f"{key}={_value(text, most)}" for key, text, most in _pairs(finding) if text)
    return "|".join((*header, pairs))


def _pairs(finding: Finding) -> Iterator[tuple[str, str, int]]:
    """Keys of the dictionary, their texts (empty ones are left out) and how long they may be."""
    yield "rt", str(finding.time // MILLISECOND), _MOST_TEXT
    yield "externalId", finding.id, 40
    yield "cat", finding.kind.value, _MOST_TEXT
    yield "dhost", finding.asset or "", _MOST_TEXT
    yield "suser", finding.actor or "", _MOST_TEXT
    yield from _address(finding)
    yield "msg", " ".join(finding.reasons), _MOST_MESSAGE
    labelled = (
        ("incidentType", finding.incident_type or ""),
        ("techniques", ",".join(finding.techniques)),
        ("trust", finding.trust.value),
        ("site", finding.site or ""),
        ("traceId", finding.trace_id or ""),
        ("product", finding.product),
    )
    for number, (label, text) in enumerate(labelled, 1):
        if text:
            yield f"cs{number}Label", label, _MOST_TEXT
            yield f"cs{number}", text, _MOST_TEXT


def _address(finding: Finding) -> Iterator[tuple[str, str, int]]:
    """The first address among the entities: ``src`` holds IPv4 only, IPv6 has a field of its own."""
    for entity in finding.entities:
        kind, _, text = entity.partition(":")
        if kind != "address":
            continue
        try:
            version = ip_address(text).version
        except ValueError:
            continue
        if version == _IPV4:
            yield "src", text, _MOST_TEXT
        else:
            yield "c6a2Label", "Source IPv6 Address", _MOST_TEXT
            yield "c6a2", text, _MOST_TEXT
        return


def _header(text: str) -> str:
    return _line(text, _MOST_NAME).replace("\\", "\\\\").replace("|", "\\|")


def _value(text: str, most: int) -> str:
    return _line(text, most).replace("\\", "\\\\").replace("=", "\\=")


def _line(text: str, most: int) -> str:
    """One line without control characters; cut before it is escaped, so that no escape is cut in half.

    A line break inside would begin a new record at the receiver: it becomes a blank, as all that cannot be shown.
    """
    return "".join(mark if mark.isprintable() else " " for mark in text[:most]).strip()
