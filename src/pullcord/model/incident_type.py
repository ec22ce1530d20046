"""Incident type: what ships as data about one of the twenty kinds of incident."""

from __future__ import annotations

from pullcord.model.noun import Noun
from pullcord.model.plan import ActionKind


class IncidentType(Noun, frozen=True, kw_only=True):
    """One kind of incident; a file in content/incident_types.

    Attributes:
        schema: ``pullcord.incident_type/1``.
        id: for example ``prompt-injection-indirect``.
        techniques: MITRE ATLAS or ATT&CK technique ids; a finding with one of them points here.
        malicious: prior probability that an incident of this type is an attack, 0 to 1.
        contain, recover: action kinds in the order in which they are planned, mildest first.
        verify: how one sees that it is over.
    """

    schema: str
    id: str
    version: int
    title: str
    description: str
    techniques: tuple[str, ...]
    malicious: float
    contain: tuple[ActionKind, ...]
    recover: tuple[ActionKind, ...]
    verify: str
    questions: tuple[str, ...] = ()
