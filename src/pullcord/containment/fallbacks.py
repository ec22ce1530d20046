"""Whether an AI system can be taken away: is there a switch, does the fallback hold, who depends on it.

Sources: NAMUR NE 194 (switching an external application on and off), NE 178 (verification of request),
IEC 62443-3-3 (security measures must not harm essential functions).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pullcord.analysis.classes import healthy
from pullcord.analysis.plant import fold
from pullcord.containment.suspects import Suspect
from pullcord.model.inventory import AiSystem, OtAccess, OtNode, Role

PRECONDITIONS = (
    "the process phase allows manual control",
    "the change is bumpless",
    "operators are present and have acknowledged",
    "interlocks have been read and none is active",
    "the value's age is below its limit",
)
"""What is checked right before a switch is requested; the PLC may still refuse."""

_SHARED_INPUT = frozenset({"sensor-spoofing", "vision-evasion", "unsafe-setpoint", "malfunction"})
_SHARED_CREDENTIAL = frozenset({"credential-theft", "mcp-compromise", "supply-chain", "malicious-artifact"})
_PASSES_ALL = re.compile(
    r"\b(pass|let|accept|release|wave)\w*\s+(\w+\s+){0,3}(all|every\w*|through)\b|\bbypass|\bskip\w*\s+inspection",
    re.IGNORECASE,
)


def switch_node(system: AiSystem) -> OtNode | None:
    """The one node on which the AI-to-manual request may be made; None if the inventory allows none."""
    return next((node for node in system.ot_nodes if node.access is OtAccess.MODE_SWITCH), None)


def fallback_problem(system: AiSystem, incident_type: str) -> str | None:
    """Why the fallback of a system cannot be used now; None if it can."""
    fallback = system.fallback
    if fallback is None:
        return "no fallback is registered"
    if not healthy(fallback):
        return f"its fallback is {fallback.health.value}, and only a healthy one may take over"
    if system.role is Role.GATEKEEPER and _PASSES_ALL.search(fallback.procedure):
        return "its fallback would let parts through uninspected: a gatekeeper never falls back to 'pass all'"
    shared = _shared(fallback.sensors, system.inputs)
    if shared and incident_type in _SHARED_INPUT:
        return f"its fallback uses the same suspect inputs: {shared}"
    shared = _shared(fallback.credentials, system.credentials)
    if shared and incident_type in _SHARED_CREDENTIAL:
        return f"its fallback uses the same suspect credentials: {shared}"
    return None


def switch_problem(system: AiSystem, incident_type: str) -> str | None:
    """Why the AI-to-manual switch of a system cannot be requested; None if it can."""
    problem = fallback_problem(system, incident_type)
    if problem is not None:
        return problem
    if switch_node(system) is None:
        return "none of its OT nodes may be switched: what is not listed as mode_switch is never written"
    return None


def cut_problem(suspect: Suspect, incident_type: str, *, switched: bool) -> str | None:
    """Why a suspect cannot be cut off; None if it can.

    Args:
        suspect: whom.
        incident_type: of the incident.
        switched: the plan, or something already done, hands its process over to the fallback first.
    """
    system = suspect.system
    if system is None:
        return "it is not registered, so nobody has said what depends on it"
    unclear = _dependants_problem(system, suspect)
    if unclear is not None or not suspect.reach.path:
        return unclear
    problem = fallback_problem(system, incident_type)
    if problem is not None:
        return f"production uses it and {problem}"
    if not switched and (switch_node(system) is not None or system.role is Role.CLOSED_LOOP):
        return "the process has to be switched to its fallback first"
    return None


def _dependants_problem(system: AiSystem, suspect: Suspect) -> str | None:
    if not system.dependants_complete:
        return "the list of what depends on it is not complete"
    open_names = [dependant.name for dependant in system.dependants if dependant.confirmed is None]
    if open_names:
        return f"the OT owner has not confirmed its dependants {', '.join(open_names[:5])}"
    if suspect.reach.unknown:
        return f"not all is known of what depends on {', '.join(suspect.reach.unknown[:5])}"
    return None


def _shared(one: Iterable[str], other: Iterable[str]) -> str:
    others = {fold(name) for name in other}
    return ", ".join(sorted(name for name in one if fold(name) in others))
