"""One function per kind of containment: what it means for one suspect of one incident."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from pullcord.analysis.plant import Plant, fold
from pullcord.containment.draft import drafted, listed
from pullcord.containment.suspects import Suspect
from pullcord.model.incident import Incident
from pullcord.model.inventory import Role
from pullcord.model.plan import Action, ActionKind, Expiry, Refusal
from pullcord.model.session import ToolCall
from pullcord.model.times import to_rfc3339

_MOST_DESTINATIONS = 16
_MOST_CONTENT = 10
_MOST_CREDENTIALS = 10
_SHOWN = 200

# Networks that are never somebody else's: RFC 1918, 4193, 6598, loopback and link-local. (``is_private`` of the
# standard library also holds documentation and benchmark ranges, which here can only be somebody's spoof.)
_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)

Step = Action | Refusal


@dataclass(frozen=True)
class Scene:
    """What the steps look at.

    Attributes:
        destinations, credentials: named by the findings.
        calls: recorded calls by span id.
    """

    incident: Incident
    plant: Plant
    calls: Mapping[str, ToolCall]
    destinations: tuple[str, ...]
    credentials: tuple[str, ...]

    def internal(self, value: str) -> bool:
        """Whether a destination belongs to the plant: blocking it would hit ourselves."""
        host = _host(value)
        if self.plant.canonical(value) is not None or self.plant.canonical(host) is not None:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            address = None
        if address is not None:
            return any(address in network for network in _INSIDE)
        domains = [fold(domain).strip(".") for domain in self.plant.inventory.internal_domains]
        return any(host == domain or host.endswith(f".{domain}") for domain in domains if domain)


def _host(value: str) -> str:
    """The host of an address, link, mail address or host:port; the value itself if it is none of them."""
    text = fold(value)
    text = (text.partition("://")[2] or text).partition("/")[0].rpartition("@")[2]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return (text.partition(":")[0] if text.count(":") == 1 else text).rstrip(".")


def notify(scene: Scene, suspect: Suspect) -> list[Step]:
    """Tell the people who answer for it."""
    system = suspect.system
    params = {
        "owner": system.owner if system else "",
        "deputy": (system.deputy if system else None) or "",
        "ot_owner": (system.ot_owner if system else None) or "",
    }
    why = (
        ()
        if system or suspect.asset
        else ("Nobody is registered for it: the security desk is told instead.",)
    )
    return [drafted(scene.incident, ActionKind.NOTIFY_OWNER, suspect, params, why)]


def quarantine(scene: Scene, suspect: Suspect) -> list[Step]:
    """Take the suspect content away from the AI system."""
    if not suspect.spans:
        return [
            Refusal(what=f"quarantine content read by {suspect.name}", why="which content is not known yet")
        ]
    steps: list[Step] = []
    for trace_id, span_id in suspect.spans[:_MOST_CONTENT]:
        params = {
            "agents": listed(suspect.names),
            "trace_ids": listed([trace_id]),
            "span_ids": listed([span_id]),
            "source": source_of(scene.calls.get(span_id)),
        }
        reason = f"Findings point to what was read in span {span_id} of session {trace_id}."
        steps.append(drafted(scene.incident, ActionKind.QUARANTINE_CONTENT, suspect, params, (reason,)))
    if len(suspect.spans) > _MOST_CONTENT:
        count = len(suspect.spans) - _MOST_CONTENT
        steps.append(
            Refusal(what=f"quarantine {count} more pieces of content", why="people look at the rest")
        )
    return steps


def source_of(call: ToolCall | None) -> str:
    """Where content came from: the tool that brought it, and its arguments if they were captured."""
    if call is None:
        return ""
    arguments = ", ".join(f"{key}={value}" for key, value in sorted((call.arguments or {}).items()))
    return f"{call.tool}({arguments})"[:_SHOWN]


def block_destinations(scene: Scene, suspect: Suspect | None) -> list[Step]:
    """Block what the findings say something went to; once per incident, whoever is suspect."""
    steps: list[Step] = []
    for value in scene.destinations[:_MOST_DESTINATIONS]:
        if scene.internal(value):
            steps.append(Refusal(what=f"block {value[:_SHOWN]}", why="it belongs to the plant"))
            continue
        params = {"destinations": listed([value]), "agents": listed(suspect.names if suspect else ())}
        action = drafted(
            scene.incident,
            ActionKind.BLOCK_DESTINATION,
            suspect,
            params,
            ("Findings name it as where something went.",),
            target=value,
        )
        if suspect is None:
            # No AI gets anything back when this ends, so it may end by itself.
            action = msgspec.structs.replace(action, expiry=Expiry.RELEASE)
        steps.append(action)
    if len(scene.destinations) > _MOST_DESTINATIONS:
        count = len(scene.destinations) - _MOST_DESTINATIONS
        steps.append(Refusal(what=f"block {count} more destinations", why="people look at the rest"))
    return steps


def restrict(scene: Scene, suspect: Suspect) -> list[Step]:
    """Withdraw the tools the suspect calls used; if they are not known, everything that changes or sends."""
    declared = suspect.system.side_effects if suspect.system else ()
    tools = suspect.tools or tuple(sorted(declared))
    if not tools:
        return [
            Refusal(
                what=f"restrict the tools of {suspect.name}", why="no suspect call and no tool list is known"
            )
        ]
    reason = (
        "Suspect calls used these tools."
        if suspect.tools
        else "No suspect call is known, so every tool with side effects is withdrawn."
    )
    params = {"agents": listed(suspect.names), "tools": listed(tools)}
    return [drafted(scene.incident, ActionKind.RESTRICT_TOOLS, suspect, params, (reason,))]


def hold_lots(scene: Scene, suspect: Suspect) -> list[Step]:
    """Hold what the suspect may have judged or steered."""
    system = suspect.system
    if system is None or not (system.role is Role.GATEKEEPER or suspect.reach.path):
        return []
    params = {"since": to_rfc3339(scene.incident.first_time), "lines": listed(suspect.reach.lines)}
    reason = "Lots judged or made meanwhile are inspected by people before they leave."
    return [drafted(scene.incident, ActionKind.HOLD_LOTS, suspect, params, (reason,))]


def revoke(scene: Scene, suspect: Suspect) -> list[Step]:
    """Revoke what the findings name, else what the AI system holds."""
    held = suspect.system.credentials if suspect.system else ()
    names = scene.credentials or tuple(sorted(held))
    if not names:
        return [Refusal(what=f"revoke credentials of {suspect.name}", why="no credential is known")]
    steps: list[Step] = []
    for name in names[:_MOST_CREDENTIALS]:
        others = [user for user in scene.plant.users_of(name) if user != suspect.name]
        if others:
            why = f"{', '.join(others[:5])} use it too: rotate it with their owners instead"
            steps.append(Refusal(what=f"revoke {name}", why=why))
            continue
        params = {"credential": name, "deny_new": "true", "kill_existing": "true"}
        steps.append(drafted(scene.incident, ActionKind.REVOKE_CREDENTIAL, suspect, params))
    return steps


def plain(kind: ActionKind) -> Callable[[Scene, Suspect], list[Step]]:
    """A kind that needs no more than to know at whom it is aimed."""

    def step(scene: Scene, suspect: Suspect) -> list[Step]:
        params = {"agents": listed(suspect.names)}
        if suspect.system is not None and kind in {ActionKind.BLOCK_ARTIFACT, ActionKind.FREEZE_TRAINING}:
            params["models"] = listed(suspect.system.models)
            params["datasets"] = listed(suspect.system.datasets)
        return [drafted(scene.incident, kind, suspect, params)]

    return step
