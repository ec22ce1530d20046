"""What Splunk's ``sourcetype`` says about the format of an event; names as Splunk's own add-ons use them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pullcord.intake.detect_format import Format


class Text(StrEnum):
    """Formats that are text."""

    CEF = "cef"
    LEEF = "leef"
    SYSLOG = "syslog"
    WINDOWS_XML = "windows-xml"
    WINDOWS_TEXT = "windows-text"


class Hint(NamedTuple):
    """What is known about the format.

    Attributes:
        form: of objects.
        text: of texts that are no JSON.
        service: the log, where the name says so.
        product: with ``service``, Sigma's words for texts without a format.
        strict: whoever says this means it: what does not fit is refused, not kept as it is.
    """

    form: Format | None = None
    text: Text | None = None
    service: str | None = None
    product: str | None = None
    strict: bool = False


_EXACT = {
    "pullcord:event": Hint(form=Format.NATIVE, strict=True),
    "pullcord:finding": Hint(form=Format.FINDING, strict=True),
    "ocsf": Hint(form=Format.OCSF),
    "wineventlog": Hint(form=Format.WINDOWS, text=Text.WINDOWS_TEXT),
    "xmlwineventlog": Hint(form=Format.WINDOWS, text=Text.WINDOWS_XML),
    "cef": Hint(text=Text.CEF),
    "leef": Hint(text=Text.LEEF),
    "syslog": Hint(text=Text.SYSLOG),
    "linux_secure": Hint(text=Text.SYSLOG, service="auth", product="linux"),
    "linux_audit": Hint(service="auditd", product="linux"),
    "linux_messages_syslog": Hint(text=Text.SYSLOG, service="syslog", product="linux"),
}
# The rest of the name, after these beginnings, says which log it is or nothing.
_BEGINNINGS = (
    ("otlp", Hint(form=Format.OTLP, strict=True)),
    ("suricata", Hint(form=Format.SURICATA)),
    ("zeek", Hint(form=Format.ZEEK)),
    ("bro", Hint(form=Format.ZEEK)),
    ("corelight", Hint(form=Format.ZEEK)),
    ("wazuh", Hint(form=Format.WAZUH)),
    ("okta", Hint(form=Format.OKTA)),
    ("oktaim2", Hint(form=Format.OKTA)),
    ("azure", Hint(form=Format.ENTRA)),
    ("entra", Hint(form=Format.ENTRA)),
    ("ms:aad", Hint(form=Format.ENTRA)),
    ("o365:management", Hint(form=Format.M365)),
    ("aws:cloudtrail", Hint(form=Format.CLOUDTRAIL)),
    ("keycloak", Hint(form=Format.KEYCLOAK)),
    ("wineventlog:", Hint(form=Format.WINDOWS, text=Text.WINDOWS_TEXT)),
    ("xmlwineventlog:", Hint(form=Format.WINDOWS, text=Text.WINDOWS_XML)),
    ("cef:", Hint(text=Text.CEF)),
    ("leef:", Hint(text=Text.LEEF)),
    ("syslog:", Hint(text=Text.SYSLOG)),
)
_SEPARATORS = (":", "_", "-", ".")
_NO_LOG = frozenset({"json", "log", "logs", ""})
NOTHING = Hint()


def by_sourcetype(sourcetype: str) -> Hint:
    """What a name says; :data:`NOTHING` if it is not known."""
    name = sourcetype.strip().lower()[:128]
    if name in _EXACT:
        return _EXACT[name]
    for beginning, hint in _BEGINNINGS:
        rest = name.removeprefix(beginning)
        if rest == name or (rest and beginning[-1] != ":" and rest[0] not in _SEPARATORS):
            continue
        return hint._replace(service=_zeek_log(rest)) if hint.form is Format.ZEEK else hint
    return NOTHING


def _zeek_log(rest: str) -> str | None:
    """``:conn:json``, ``_dns``: the log of Zeek."""
    text = rest
    for separator in _SEPARATORS[1:]:
        text = text.replace(separator, ":") if separator != "_" else text.lstrip("_")
    return next((part for part in text.split(":") if part not in _NO_LOG), None)
