"""Principal: who speaks to Pullcord, and what they may do."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import ApproverRole


class Scope(StrEnum):
    """What a bearer token opens. Nothing is open by default.

    ``ingest``: send telemetry. ``read``: see incidents. ``respond``: decide and answer (with the roles of the person).
    ``admin``: operate the installation; it can neither approve nor change a mode.
    """

    INGEST = "ingest"
    READ = "read"
    RESPOND = "respond"
    ADMIN = "admin"


class Principal(Noun, frozen=True, kw_only=True):
    """A person or a source of telemetry.

    Attributes:
        roles: approver roles the person holds; sources and the administrator hold none.
        authenticated: for a source, whether the suspects of an incident could not have written what it sends.
    """

    name: str
    scopes: frozenset[Scope]
    roles: frozenset[ApproverRole] = frozenset()
    authenticated: bool = False
