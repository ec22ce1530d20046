"""Zeek logs as JSON, with or without ``_path`` → events: product zeek, service = the log.

Source: https://docs.zeek.org/en/master/log-formats.html
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, inside, record_id
from pullcord.intake.formats.when import instant
from pullcord.model.event import Event

PRODUCT = "zeek"
_DIGITS = 12
# A log file does not say which log it is; these fields are only in one.
_TELLING = (
    ("conn_state", "conn"),
    ("qtype_name", "dns"),
    ("rcode_name", "dns"),
    ("status_msg", "http"),
    ("uri", "http"),
    ("auth_attempts", "ssh"),
    ("cipher", "ssl"),
    ("server_name", "ssl"),
    ("certificate.serial", "x509"),
    ("fuid", "files"),
    ("note", "notice"),
    ("mailfrom", "smtp"),
    ("request_type", "kerberos"),
    ("named_pipe", "dce_rpc"),
    ("pdu_type", "modbus_detailed"),
    ("func", "modbus"),
    ("fc_request", "dnp3"),
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "source.address": ("id.orig_h", "src", "tx_hosts"),
    "source.port": ("id.orig_p",),
    "destination.address": ("id.resp_h", "dst", "rx_hosts"),
    "destination.port": ("id.resp_p",),
    "network.transport": ("proto",),
    "network.protocol": ("service",),
    "user.name": ("username", "user", "client"),
    "observer.name": ("_system_name", "peer"),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record.

    ``uid`` names a connection, not a record: the id takes log, uid, time and some of the digest.

    Raises:
        UnreadableRecordError: ``ts`` is missing or no time.
    """
    attributes = flatten(data, origin.ctx)
    path = first(data.get("_path"), origin.service) or _guess(data, attributes)
    add(attributes, _NAMES)
    if origin.host:
        attributes.setdefault("observer.name", origin.host)
    time = instant(data.get("ts"), "ts", origin.ctx, utc=True)
    uid = first(data.get("uid"), data.get("fuid"))
    draft = Draft(
        id=record_id(PRODUCT, (path or "log", uid, time, origin.digest[:_DIGITS]), origin),
        time=time,
        attributes=attributes,
        asset=inside(*_ends(path, attributes)),
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, "dns" if path == "dns" else None, path)]


def _ends(path: str | None, attributes: Mapping[str, object]) -> tuple[object, object]:
    """Both ends of a connection, first the one that the record is about: of a look-up who asks, not the resolver."""
    ends = (attributes.get("id.resp_h"), attributes.get("id.orig_h"))
    return ends[::-1] if path == "dns" else ends


def _guess(data: Json, attributes: Mapping[str, object]) -> str | None:
    return next((path for name, path in _TELLING if name in data or name in attributes), None)
