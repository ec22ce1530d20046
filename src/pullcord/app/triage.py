"""Use case: findings → incidents (stateless)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from pullcord.app.document import outward
from pullcord.app.inputs import Inputs
from pullcord.app.judging import Judging
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident
from pullcord.triage.correlate import Folded, Triaged, correlate

_LINE = ("title", "type", "severity", "reasons", "assets")


def join(inputs: Inputs, judging: Judging) -> Triaged:
    """Join all findings of the inputs; events among them are left aside."""
    return correlate(_findings(inputs), judging.inventory, judging.types)


def to_line(incident: Incident) -> dict[str, Any]:
    """The line ``pullcord triage`` prints."""
    whole = outward(msgspec.to_builtins(incident))
    return {
        "incident_id": incident.id,
        **{key: whole[key] for key in _LINE},
        "finding_uids": whole["finding_ids"],
        "first_time": whole["first_time"],
        "last_time": whole["last_time"],
        "malicious": incident.malicious,
        "production_at_risk": incident.production_at_risk.value,
    }


def folded_line(folded: Folded) -> dict[str, Any]:
    """The line of folded noise."""
    whole: dict[str, Any] = outward(msgspec.to_builtins(folded))
    whole["finding_uids"] = whole.pop("finding_ids")
    return whole


def _findings(inputs: Inputs) -> Iterator[Finding]:
    for batch in inputs.findings():
        yield from batch.items
