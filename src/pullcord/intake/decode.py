"""One decoded record of any format → its events and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pullcord.intake import findings, native, ocsf, otlp
from pullcord.intake.context import Context
from pullcord.intake.detect_format import EVENTS, Format, detect_format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_object
from pullcord.intake.formats import (
    cloudtrail,
    ecs,
    entra,
    keycloak,
    m365,
    okta,
    suricata,
    wazuh,
    windows,
    zeek,
)
from pullcord.intake.formats.common import Json, Origin
from pullcord.intake.values import as_json
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.noun import digest_bytes

Items = Sequence[Event | Finding]
Problems = list[UnreadableRecordError]

MOST_WRAPPED = 50_000
"""Records in one document of many (``{"Records": […]}``)."""
_MOST_TOLD = 100
_LISTS = ("Records", "value")

FOREIGN: Mapping[Format, Callable[[Json, Origin], Items]] = {
    Format.SURICATA: suricata.decode,
    Format.ZEEK: zeek.decode,
    Format.WINDOWS: windows.decode,
    Format.WAZUH: wazuh.decode,
    Format.OKTA: okta.decode,
    Format.ENTRA: entra.decode,
    Format.KEYCLOAK: keycloak.decode,
    Format.CLOUDTRAIL: cloudtrail.decode,
    Format.M365: m365.decode,
    Format.ECS: ecs.decode,
}
"""Formats of other tools; each decoder raises nothing but :class:`UnreadableRecordError`."""


def decode(data: dict[str, object], form: Format, raw: bytes, ctx: Context) -> tuple[Items, Problems]:
    """What a record holds, and what in it could not be read.

    Args:
        form: of :func:`detect_format`.
        raw: the bytes of the record.

    Raises:
        UnreadableRecordError: the record as a whole is not what its format asks for.
    """
    if form is Format.NATIVE:
        return (native.event(data, ctx, digest_bytes(raw)),), []
    if form is Format.OTLP:
        return otlp.events(data, ctx, digest_bytes(raw))
    if form is Format.OCSF:
        return (ocsf.finding(data, ctx),), []
    if form is Format.FINDING:
        return (findings.finding(data, ctx),), []
    if form is Format.WRAPPED:
        return _unwrapped(data, ctx)
    return FOREIGN[form](data, Origin(ctx, digest_bytes(raw))), []


def _unwrapped(data: Json, ctx: Context) -> tuple[Items, Problems]:
    """The records of a document that is one list, as CloudTrail's files and Microsoft Graph's pages are."""
    name, held = next((name, held) for name in _LISTS if isinstance(held := data.get(name), list))
    if len(held) > MOST_WRAPPED:
        raise UnreadableRecordError(f"{name}: more than {MOST_WRAPPED} records", "split the document")
    found: list[Event | Finding] = []
    problems: Problems = []
    for number, item in enumerate(held):
        path = f"{name}[{number}]"
        try:
            found += _element(as_object(item, path), ctx)
        except UnreadableRecordError as error:
            # Counted all, but told in words only the first: a document of nothing else must not cost memory.
            told = len(problems) >= _MOST_TOLD
            cause = error.cause if error.cause.startswith(path) else f"{path}: {error.cause}"
            problems.append(problems[-1] if told else UnreadableRecordError(cause, error.cure))
    return found, problems


def _element(data: dict[str, object], ctx: Context) -> Items:
    form = detect_format(data)
    if form not in FOREIGN or form not in EVENTS:
        raise UnreadableRecordError(f"a record of format {form} in a list", "give such records one per line")
    return FOREIGN[form](data, Origin(ctx, digest_bytes(as_json(data, ctx).encode())))
