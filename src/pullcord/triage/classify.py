"""Which type of incident a finding points to, and which type the findings of an incident agree on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind
from pullcord.model.incident_type import IncidentType
from pullcord.model.noun import Noun
from pullcord.triage.rows import Signature

UNCLASSIFIED = "it-unclassified"

# How much a detector's word counts for the type: behaviour was seen, a rule matched, a foreign product says so,
# text merely sounds like it (it is attacker-written), a person believes it.
WEIGHTS: Mapping[FindingKind, float] = {
    FindingKind.BEHAVIOUR: 4.0,
    FindingKind.RULE: 2.0,
    FindingKind.ANOMALY: 1.5,
    FindingKind.EXTERNAL: 1.5,
    FindingKind.TEXT: 0.75,
    FindingKind.REPORT: 0.5,
}

# Log-odds that one more detector of a kind adds to "this is an attack". One kind never adds more than twice.
_EVIDENCE: Mapping[FindingKind, float] = {
    FindingKind.BEHAVIOUR: 1.0,
    FindingKind.RULE: 0.6,
    FindingKind.ANOMALY: 0.4,
    FindingKind.EXTERNAL: 0.4,
    FindingKind.TEXT: 0.2,
    FindingKind.REPORT: 0.1,
}
_MOST_PER_KIND = 2

# What titles of foreign alerts commonly say where no technique is given: generic terms of the trade, not one
# product's wording. First match wins, the rarer and graver things first.
_WORDS: tuple[tuple[str, str], ...] = (
    ("it-exfiltration", r"exfiltrat|dns tunnel|data (theft|transfer out)"),
    ("it-command-and-control", r"command.and.control|\bc2\b|\bcnc\b|beacon|reverse shell|\btrojan|\bbotnet"),
    ("it-privilege-escalation", r"privilege|escalat|\bsudo\b|\broot\b|setuid"),
    ("it-lateral-movement", r"lateral|pass.the.hash|psexec|remote service"),
    ("it-impact", r"ransom|encrypt(ed|ion) of files|defac|wip(er|ing)|denial.of.service|\bddos\b"),
    ("it-credential-access", r"brute.?force|login.{0,12}fail|fail.{0,12}login|failed (password|log-?ins?)"),
    ("it-credential-access", r"authentication.{0,12}fail|credential|password (crack|dump|spray)"),
    (
        "it-initial-access",
        r"web attack|sql injection|\bxss\b|exploit|\bphish|path traversal|webshell|web shell",
    ),
    ("it-execution", r"malware|suspicious (process|script|command)|powershell|code execution"),
    ("it-persistence", r"persisten|new service|scheduled task|account (was )?created|autorun"),
    ("it-defense-evasion", r"log(s)? (was |were )?cleared|tamper|disabled (the )?(antivirus|logging)"),
    ("it-reconnaissance", r"\bscan|\bnmap\b|\bprobe|enumerat"),
)
_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)
_LONGEST_TITLE = 300


class Classified(Noun, frozen=True, kw_only=True):
    """What an incident is.

    Attributes:
        type: the incident type with most votes.
        malicious: probability that it is an attack, 0 to 1.
        reasons: one sentence each.
        confidence: share of the votes that the type has, 0 to 1.
    """

    type: str
    malicious: float
    reasons: tuple[str, ...]
    confidence: float


class Classifier:
    """Points findings to types by what ships in content.

    Args:
        types: by id. A type that a finding names but nobody ships counts for nothing.
    """

    def __init__(self, types: Mapping[str, IncidentType]) -> None:
        self._types = types
        self._by_technique = {t: kind.id for kind in types.values() for t in kind.techniques}

    def type_of(self, finding: Finding) -> tuple[str, str]:
        """``(type, why)``: what the detector says, else the technique, else words of the title."""
        if finding.incident_type is not None and finding.incident_type in self._types:
            return finding.incident_type, "its detector says so"
        for technique in finding.techniques:
            found = self._technique(technique)
            if found is not None:
                return found, f"technique {technique}"
        for kind, pattern in _PATTERNS:
            if kind in self._types and pattern.search(finding.title[:_LONGEST_TITLE]):
                return kind, "words of its title"
        return UNCLASSIFIED, "no technique and no known words"

    def classify(self, counts: Iterable[tuple[Signature, int]]) -> Classified:
        """What the statements of one incident agree on.

        Each distinct detector votes once per type, so that a flood of one rule does not outvote the rest; its
        number only settles ties.
        """
        votes: dict[str, dict[str, float]] = {}
        numbers: dict[str, int] = {}
        sources = list(counts)
        for signature, number in sources:
            cast = votes.setdefault(signature.type, {})
            cast[signature.rule_id] = max(cast.get(signature.rule_id, 0.0), WEIGHTS[signature.kind])
            numbers[signature.type] = numbers.get(signature.type, 0) + number
        totals = {kind: sum(cast.values()) for kind, cast in votes.items()}
        if len(totals) > 1:
            # "Unknown" is no rival of something known.
            totals.pop(UNCLASSIFIED, None)
        best = min(totals, key=lambda kind: (-totals[kind], -numbers[kind], kind))
        share = totals[best] / sum(totals.values())
        return Classified(
            type=best,
            malicious=self._malicious(best, sources),
            reasons=_reasons(best, votes[best], sources, share),
            confidence=share,
        )

    def _technique(self, technique: str) -> str | None:
        parent = technique.rpartition(".")[0]
        found = self._by_technique.get(technique)
        return found if found is not None else self._by_technique.get(parent)

    def _malicious(self, kind: str, sources: list[tuple[Signature, int]]) -> float:
        known = self._types.get(kind)
        prior = min(max(known.malicious if known else 0.5, 0.02), 0.98)
        odds = math.log(prior / (1 - prior))
        if kind == "malfunction":
            return prior
        for detector, weight in _EVIDENCE.items():
            rules = {s.rule_id for s, _ in sources if s.kind is detector and s.type == kind}
            # The prior already stands for the first detector that spoke.
            odds += weight * min(max(len(rules) - 1, 0), _MOST_PER_KIND)
        if any(s.trust is SourceTrust.AUTHENTICATED and s.kind is not FindingKind.REPORT for s, _ in sources):
            odds += 0.4
        return round(1 / (1 + math.exp(-odds)), 3)


def _reasons(
    kind: str, cast: Mapping[str, float], sources: list[tuple[Signature, int]], share: float
) -> tuple[str, ...]:
    whys = sorted({signature.why for signature, _ in sources if signature.type == kind})
    detectors = f"{len(cast)} detectors point" if len(cast) > 1 else "1 detector points"
    reasons = [f"Type {kind}: {detectors} there ({', '.join(whys[:3])}), {share:.0%} of the votes."]
    others = sorted({signature.type for signature, _ in sources} - {kind, UNCLASSIFIED})
    if others:
        reasons.append(f"Also seen: {', '.join(others[:5])}.")
    return tuple(reasons)
