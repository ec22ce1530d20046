"""A finding as a syslog message (RFC 5424), whose text is CEF or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable

from pullcord.model.finding import Finding, Severity
from pullcord.model.times import to_rfc3339

_FACILITY = 16  # local0: what remains for programs that are no part of the system
_SEVERITY = {
    Severity.INFORMATIONAL: 6,
    Severity.LOW: 5,
    Severity.MEDIUM: 4,
    Severity.HIGH: 3,
    Severity.CRITICAL: 2,
}
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")
_FINER = re.compile(r"(\.\d{6})\d+")
_MOST_HOST = 255

Text = Callable[[Finding], str]
"""A finding as one line."""


def message(finding: Finding, host: str, text: Text) -> bytes:
    """One message, without framing. No byte order mark: CEF readers stumble over it, and the RFC leaves it free.

    Args:
        host: the name of this machine; what RFC 5424 does not allow in it is replaced.
    """
    named = _NOT_PRINTABLE.sub("_", host)[:_MOST_HOST] or "-"
    # The RFC allows six digits of a second, no more.
    time = _FINER.sub(r"\1", to_rfc3339(finding.time))
    priority = 8 * _FACILITY + _SEVERITY[finding.severity]
    head = f"<{priority}>1 {time} {named} pullcord - finding - "
    return (head + text(finding)).encode("utf-8", "replace")


def counted(data: bytes) -> bytes:
    """A message framed by octet counting (RFC 6587 and RFC 5425): the text may hold anything."""
    return b"%d %b" % (len(data), data)
