"""Settings of ``[[forward]]``: where findings go. Secrets are references; docs/guide/forwarding.md explains each."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pullcord.connectors.forward.sender import Transport
from pullcord.model.finding import Severity
from pullcord.model.noun import Noun

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
"""What its place is remembered by: a destination of a new name begins anew."""


class SyslogForward(Noun, frozen=True, kw_only=True, tag_field="kind", tag="syslog"):
    """A syslog receiver.

    Attributes:
        address: ``host:port``; IPv6 in brackets.
        format: of the text: one line of CEF, or OCSF as JSON.
        ca: file of the authority that signed the receiver's certificate; default: those of the system.
        certificate, key: files of our own certificate, if the receiver wants one.
        severity: the lowest that is sent.
        history: send what was found before this destination was added, too.
    """

    name: Name
    address: str
    transport: Transport = Transport.TLS
    format: Literal["cef", "ocsf"] = "cef"
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    severity: Severity = Severity.INFORMATIONAL
    history: bool = False


class HecForward(Noun, frozen=True, kw_only=True, tag_field="kind", tag="hec"):
    """Splunk's HTTP Event Collector.

    Attributes:
        url: its address; without a path: ``/services/collector/event``.
        token: reference to its token.
        index: default: that of the token.
        clear: plain http to another machine is meant.
        ca, severity, history: as for syslog.
    """

    name: Name
    url: str
    token: str
    index: str = ""
    clear: bool = False
    ca: str | None = None
    severity: Severity = Severity.INFORMATIONAL
    history: bool = False


class WebhookForward(Noun, frozen=True, kw_only=True, tag_field="kind", tag="webhook"):
    """Any address that takes signed JSON.

    Attributes:
        url: its address.
        secret: reference to what both sides sign with.
        clear: plain http to another machine is meant.
        ca, severity, history: as for syslog.
    """

    name: Name
    url: str
    secret: str
    clear: bool = False
    ca: str | None = None
    severity: Severity = Severity.INFORMATIONAL
    history: bool = False


Forward = SyslogForward | HecForward | WebhookForward
