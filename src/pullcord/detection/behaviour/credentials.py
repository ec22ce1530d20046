"""Credential used from a new place, or by an AI system that it does not belong to."""

from __future__ import annotations

from pullcord.analysis.quoting import quoted
from pullcord.detection.behaviour.firsts import Firsts, Novelty
from pullcord.detection.behaviour.hosts import network_of
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import MAX_NAME, Rule, report
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

PLACE = Rule(
    "pullcord.behaviour.credential-from-new-place",
    "Credential used from a place that never used it",
    "credential-theft",
    ("AML.T0012", "AML.T0055"),
)
OWNER = Rule(
    "pullcord.behaviour.credential-of-another-system",
    "Credential used by an AI system that does not hold it",
    "credential-theft",
    ("AML.T0012", "AML.T0091.000"),
)
_ADDRESSES = ("client.address", "source.address", "source.ip", "network.peer.address")
_COUNTRIES = ("client.geo.country_iso_code", "source.geo.country_iso_code", "geo.country.iso_code")
_AGENTS = ("user_agent.name", "user_agent.original")
_FAILED = frozenset({"failure", "failed", "denied", "refused", "error", "rejected"})


class Credentials:
    """Where each credential is used from: network, country, host, software."""

    def __init__(self, knowledge: Knowledge, limits: Limits) -> None:
        self.firsts = Firsts("credential", limits.credentials * 4, limits)
        self.users = Firsts("credential-user", limits.credentials, limits)
        self._knowledge = knowledge

    def look(self, event: Event) -> list[Finding]:
        """What is new about one use of a credential."""
        credential = event.text("credential.id")
        if not credential or (event.text("access.result") or "").casefold() in _FAILED:
            return []  # who fails learns nothing, and must not teach us
        new: dict[str, tuple[str, Novelty]] = {}
        for facet, value in _facets(event):
            novelty = self.firsts.see(key_of(event.site, credential, facet), value, event.time)
            if novelty is not None and novelty.odd:
                new[facet] = value, novelty
        found = [told] if (told := self._user(event, credential)) else []
        if new and self.firsts.may_tell(key_of(event.site, credential, next(iter(new))), event.time):
            found.append(_place(event, credential, new, self._knowledge))
        return found

    def _user(self, event: Event, credential: str) -> Finding | None:
        holder = self._knowledge.credentials.get(credential.casefold())
        names = (event.text("gen_ai.agent.name"), event.asset, event.actor, event.text("service.name"))
        found = ((name, system) for name in names if name and (system := self._knowledge.system(name)))
        name, user = next(found, (None, None))
        if holder is None or user is None or user == holder:
            return None
        owner = key_of(event.site, credential)
        if self.users.see(owner, user, event.time) is None or not self.users.may_tell(owner, event.time):
            return None
        reasons = (
            f"{quoted(user)} used the credential {quoted(credential)}.",
            f"The inventory gives it to {quoted(holder)} alone.",
        )
        entities = [("credential", credential[:MAX_NAME]), ("agent", name)]
        return report(OWNER, event, Severity.MEDIUM, reasons, entities=entities)


def _facets(event: Event) -> list[tuple[str, str]]:
    """What says where an event comes from."""
    attributes = event.attributes
    found: list[tuple[str, str]] = []
    address = _first(event, _ADDRESSES)
    if address:
        found.append(("network", network_of(address[:64]) or address[:MAX_NAME]))
    if country := _first(event, _COUNTRIES):
        found.append(("country", country[:8].upper()))
    if isinstance(host := attributes.get("host.name"), str) and host:
        found.append(("host", host[:MAX_NAME].casefold()))
    if software := _first(event, _AGENTS):
        # The version changes with every update; the name before it does not.
        found.append(("software", software.partition("/")[0][:MAX_NAME].casefold()))
    return found


def _first(event: Event, names: tuple[str, ...]) -> str | None:
    attributes = event.attributes
    for name in names:
        value = attributes.get(name)
        if value and isinstance(value, str):
            return value
    return None


def _place(
    event: Event, credential: str, new: dict[str, tuple[str, Novelty]], knowledge: Knowledge
) -> Finding:
    where = ", ".join(f"{facet} {quoted(value)}" for facet, (value, _) in new.items())
    novelty = next(iter(new.values()))[1]
    holder = knowledge.credentials.get(credential.casefold())
    reasons = [
        f"The credential {quoted(credential)} was used from a new place: {where}.",
        novelty.reference(f"places ({next(iter(new))})"),
    ]
    if holder:
        reasons.append(f"It belongs to the AI system {quoted(holder)}.")
    # Another library alone is often an update, another network a rollout; another country seldom is either.
    if "country" in new and holder:
        severity = Severity.HIGH
    else:
        severity = Severity.LOW if new.keys() == {"software"} else Severity.MEDIUM
    return report(
        PLACE,
        event,
        severity,
        reasons,
        entities=[("credential", credential[:MAX_NAME]), ("address", _first(event, _ADDRESSES))],
    )
