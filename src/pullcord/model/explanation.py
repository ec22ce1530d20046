"""Explanation: what the investigation says happened, with its confidence, or that it cannot tell."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun


class Verdict(StrEnum):
    """What became of an attack in one agent session. ``cannot_tell`` is an answer; it never means clean."""

    ATTACK_SUCCEEDED = "attack_succeeded"
    ATTACK_ATTEMPTED = "attack_attempted"
    NO_ATTACK = "no_attack"
    CANNOT_TELL = "cannot_tell"


class Candidate(Noun, frozen=True, kw_only=True):
    """A span with the probability (0 to 1), given that an attack succeeded, that it is the one."""

    span_id: str
    confidence: float


class EdgeKind(StrEnum):
    """How sure an edge of the provenance graph is."""

    PROVEN = "proven"
    INFERRED = "inferred"
    TEMPORAL = "temporal"


class Edge(Noun, frozen=True, kw_only=True):
    """One step of an explanation: what flowed from one span to another, and how one knows.

    ``why`` names the evidence (shared values, their count), ``weight`` is 0 to 1.
    """

    source: str
    target: str
    kind: EdgeKind
    why: str
    weight: float


class Explanation(Noun, frozen=True, kw_only=True):
    """One agent session, explained.

    Attributes:
        score: probability that an attack succeeded, 0 to 1.
        origin, actions: up to three candidates each, best first, whatever the verdict; empty only if no tool
            result precedes a call.
        joint_confidence: P(first origin and first action are both right), given that the attack succeeded.
        statement: for people.
        missing: what could not be seen (content capture off, spans missing …).
    """

    trace_id: str
    verdict: Verdict
    score: float
    origin: tuple[Candidate, ...] = ()
    actions: tuple[Candidate, ...] = ()
    joint_confidence: float | None = None
    edges: tuple[Edge, ...] = ()
    statement: str = ""
    missing: tuple[str, ...] = ()
