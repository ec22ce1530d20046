"""Through detection and triage: what a running Pullcord would find, join, page and do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.plant_days.emit import Record
from pullcord.analysis.classes import HARMLESS
from pullcord.analysis.sessions import build_session
from pullcord.app.detectors import Troubles, load_ruleset, make_detectors
from pullcord.app.inventory import read_inventory
from pullcord.app.judging import Judging
from pullcord.containment.bind import plan_containment
from pullcord.detection.behaviour import examine
from pullcord.intake.context import Context
from pullcord.intake.decode import decode
from pullcord.intake.detect_format import detect_format
from pullcord.intake.quick import quick
from pullcord.intake.record import read_object
from pullcord.intake.report import report_signal
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding, Severity
from pullcord.model.incident import Incident
from pullcord.model.plan import Plan
from pullcord.model.session import ToolCall
from pullcord.model.times import DAY, HOUR
from pullcord.triage.correlate import correlate

PLANT = Path(__file__).with_name("plant.yaml")
_AT_ONCE = 512
_STEP = HOUR
"""How often findings are joined; a running Pullcord does it a moment after each."""


@dataclass
class Told:
    """What a replay came to.

    Attributes:
        events: looked at.
        findings: by ``rule_id``.
        pages: the incidents that rang, as they stood then, with their findings.
        incidents: ids of all incidents, by severity.
        rung: ids of the findings of incidents that rang, those that joined them later too.
        acts: incidents whose containment would have run by itself.
        failures: events that a detector failed on.
    """

    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    pages: list[tuple[Incident, tuple[Finding, ...]]] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    rung: set[str] = field(default_factory=set)
    acts: dict[str, Plan] = field(default_factory=dict)
    failures: int = 0
    health: dict[str, dict[str, int]] = field(default_factory=dict)


class Replay:
    """One plant, watched from the first day on: nothing is learned beforehand.

    All telemetry counts as authenticated. That is the hardest case: severity is not lowered for sources that a suspect
    could write, and automatic actions are not refused for it.

    An incident rings when it becomes high or critical, once; it is closed when none of its findings is younger than
    a day, as if somebody had looked at it.
    """

    def __init__(self) -> None:
        self.told = Told()
        self._troubles = Troubles()
        self._judging = Judging(read_inventory(PLANT))
        self._detectors = make_detectors(load_ruleset(None), self._judging.inventory, self._troubles)
        self._context = Context(source="plant-days", trust=SourceTrust.AUTHENTICATED)
        self._sessions: dict[str, list[Event]] = {}
        self._told_calls: dict[str, dict[str, ToolCall]] = {}
        self._recent: dict[str, Finding] = {}
        self._joined = 0

    def feed(self, records: Sequence[Record]) -> None:
        """Records in the order of their times."""
        for begin in range(0, len(records), _AT_ONCE):
            events: list[Event] = []
            found: list[Finding] = []
            for _, raw in records[begin : begin + _AT_ONCE]:
                for item in self._read(raw):
                    (found if isinstance(item, Finding) else events).append(item)  # type: ignore[arg-type]
            found += self._detectors.feed(events)
            self._remember(events)
            self.told.events += len(events)
            now = events[-1].time if events else self._joined
            found += self._whole_sessions(now - HOUR // 2)
            self._take(found)
            if now >= self._joined + _STEP:
                self._join(now)

    def end(self) -> Told:
        """Everything is read."""
        self._take(self._whole_sessions(None))
        self._join(max((one.time for one in self._recent.values()), default=0))
        self.told.failures = self._troubles.events
        self.told.health = self._detectors.health()
        return self.told

    def _read(self, raw: bytes) -> Iterable[Event | Finding]:
        event = quick(raw, self._context)
        if event is None:
            data = read_object(raw, self._context)
            items, problems = decode(data, detect_format(data), raw, self._context)
            if problems:
                raise problems[0]
            return items
        if event.logsource.category == "report":
            text = {
                key: str(event.attributes.get(f"report.{key}", "")) for key in ("text", "sender", "channel")
            }
            return report_signal(
                text["text"],
                sender=text["sender"],
                subject="",
                time=event.time,
                channel=text["channel"],
                ctx=self._context,
            )
        return (event,)

    def _remember(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.trace_id is not None:
                self._sessions.setdefault(event.trace_id, []).append(event)

    def _whole_sessions(self, before: int | None) -> list[Finding]:
        """What sessions show that are over: those without an event since a time."""
        over = [key for key, events in self._sessions.items() if before is None or events[-1].time < before]
        internal = self._judging.inventory.internal_domains
        found: list[Finding] = []
        for key in over:
            session = build_session(self._sessions.pop(key))
            found += (mine := examine(session, internal))
            if mine:
                self._told_calls[key] = {call.span_id: call for call in session.calls}
        return found

    def _calls(self, incident: Incident) -> dict[str, ToolCall]:
        return {
            span: call for key in incident.trace_ids for span, call in self._told_calls.get(key, {}).items()
        }

    def _take(self, found: Iterable[Finding]) -> None:
        for finding in found:
            if finding.id not in self._recent:
                self._recent[finding.id] = finding
                self.told.findings.append(finding)

    def _join(self, now: int) -> None:
        self._joined = now
        triaged = correlate(self._recent.values(), self._judging.inventory, self._judging.types)
        alive: set[str] = set()
        for incident in triaged.incidents:
            self.told.incidents[incident.id] = incident
            members = tuple(self._recent[key] for key in incident.finding_ids)
            if incident.severity.rank >= Severity.HIGH.rank and not self.told.rung & set(
                incident.finding_ids
            ):
                self.told.pages.append((incident, members))
            if incident.severity.rank >= Severity.HIGH.rank:
                self.told.rung.update(incident.finding_ids)
            plan = plan_containment(
                incident,
                members,
                (),
                self._judging.inventory,
                self._judging.types,
                calls=self._calls(incident),
            )
            if plan.automatic and not all(action.kind in HARMLESS for action in plan.actions):
                self.told.acts[incident.id] = plan
            if incident.last_time > now - DAY:
                alive.update(incident.finding_ids)
        self._recent = {key: one for key, one in self._recent.items() if key in alive or one.time > now - DAY}


def by_rule(findings: Iterable[Finding]) -> Counter[str]:
    """How often each rule spoke."""
    return Counter(finding.rule_id for finding in findings)


def dump(finding: Finding) -> str:
    """A finding on one line."""
    return msgspec.json.encode(finding).decode()
