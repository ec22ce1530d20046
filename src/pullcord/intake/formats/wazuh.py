"""Wazuh ``alerts.json`` → an event each, and a finding where the level is one that Wazuh alerts on (3 and up).

Source: https://documentation.wazuh.com/current/user-manual/manager/alert-management.html, and its rule levels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats import windows
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.external import Verdict, external
from pullcord.intake.formats.when import instant
from pullcord.intake.formats.windows_shapes import read
from pullcord.intake.ocsf_entities import mapping
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

PRODUCT = "wazuh"
LEAST_ALERT = 3
"""Level from which the manager writes alerts unless told otherwise (``log_alert_level``)."""

# Bands of Wazuh's own dashboard; level 3 is "successful or authorised events".
_BANDS = ((15, Severity.CRITICAL), (12, Severity.HIGH), (7, Severity.MEDIUM), (4, Severity.LOW))
_HIGHEST = 16
_NAMES: Mapping[str, tuple[str, ...]] = {
    "host.name": ("agent.name", "predecoder.hostname", "manager.name"),
    "host.ip": ("agent.ip",),
    "source.address": (
        "data.srcip",
        "data.src_ip",
        "data.win.eventdata.ipAddress",
        "data.aws.sourceIPAddress",
    ),
    "destination.address": ("data.dstip", "data.dest_ip"),
    "user.name": ("data.srcuser", "data.dstuser", "data.uid", "data.win.eventdata.targetUserName"),
    "rule.name": ("rule.description",),
}


def decode(data: Json, origin: Origin) -> list[Event | Finding]:
    """The event of a record, and the finding.

    Raises:
        UnreadableRecordError: level or time is missing or of the wrong type.
    """
    rule = mapping(data.get("rule"))
    level = rule.get("level")
    if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= _HIGHEST:
        raise UnreadableRecordError(
            f"rule.level is no number from 0 to {_HIGHEST}", "give Wazuh's alerts.json"
        )
    event = _event(data, origin)
    if level < LEAST_ALERT:
        return [event]
    return [event, external(event, _verdict(rule, level, mapping(data.get("agent"))))]


def _event(data: Json, origin: Origin) -> Event:
    attributes = flatten(data, origin.ctx)
    add(attributes, _NAMES)
    decoder, win = mapping(data.get("decoder")), mapping(mapping(data.get("data")).get("win"))
    if win:
        # What Windows said itself has the names that rules for Windows ask for; a damaged one stays an alert.
        with contextlib.suppress(UnreadableRecordError):
            return windows.event(read(win), origin, attributes)
    manager = first(mapping(data.get("manager")).get("name"))
    draft = Draft(
        id=record_id(PRODUCT, (manager, data.get("id")), origin),
        time=instant(data.get("timestamp", data.get("@timestamp")), "timestamp", origin.ctx),
        attributes=attributes,
        asset=first(attributes.get("host.name"), origin.host),
        actor=first(attributes.get("user.name")),
    )
    return close(draft, origin, PRODUCT, None, first(decoder.get("name")))


def _verdict(rule: Json, level: int, agent: Json) -> Verdict:
    number = first(rule.get("id")) or "0"
    title = rule.get("description")
    title = title if isinstance(title, str) and title.strip() else f"Wazuh rule {number}"
    groups = rule.get("groups")
    named = ", ".join(one for one in groups[:8] if isinstance(one, str)) if isinstance(groups, list) else ""
    said = [f"Wazuh rule {number}, level {level} of 15: {title[:200].rstrip('.')}."]
    said += [f"Groups: {named[:200]}."] if named else []
    who = first(agent.get("name"))
    said += [f"Seen on agent {who}."] if who else []
    techniques = mapping(rule.get("mitre")).get("id")
    return Verdict(
        product=PRODUCT,
        rule_id=f"{PRODUCT}:{number}",
        title=title,
        severity=next((found for least, found in _BANDS if level >= least), Severity.INFORMATIONAL),
        reasons=tuple(said),
        techniques=techniques if isinstance(techniques, list) else (),
    )
