"""Cases from the store: an incident with its findings, its sessions and the bytes to keep as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pullcord.analysis.sessions import build_session
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident
from pullcord.model.noun import canonical
from pullcord.response.case import Case
from pullcord.store.folder import Store

_INCIDENTS_AT_ONCE = 32
# Sessions and findings of one incident that are read into memory; the rest stays in the lake and the state.
MOST_TRACES = 100
MOST_FINDINGS = 10_000


def cases(incidents: Sequence[Incident], store: Store) -> Iterator[Case]:
    """Yield a case for each incident; the lake is asked for several at once, since each question costs a scan."""
    for start in range(0, len(incidents), _INCIDENTS_AT_ONCE):
        chunk = incidents[start : start + _INCIDENTS_AT_ONCE]
        with store.state.transaction() as tx:
            findings = {one.id: list(tx.findings(one.finding_ids[:MOST_FINDINGS])) for one in chunk}
        wanted = {trace for one in chunk for trace in one.trace_ids[:MOST_TRACES]}
        traces = store.lake.by_trace(wanted)
        loose = {
            event_id
            for found in findings.values()
            for finding in found
            if finding.trace_id not in traces
            for event_id in finding.event_ids
        }
        events = store.lake.by_id(loose) if loose else {}
        for incident in chunk:
            mine = {trace: traces[trace] for trace in incident.trace_ids[:MOST_TRACES] if trace in traces}
            yield _case(incident, findings[incident.id], mine, events)


def _case(
    incident: Incident,
    findings: list[Finding],
    traces: dict[str, list[Event]],
    loose: dict[str, Event],
) -> Case:
    evidence = {f"events of session {trace}": _lines(events) for trace, events in traces.items()}
    others = [loose[one] for finding in findings for one in finding.event_ids if one in loose]
    if others:
        evidence["events outside sessions"] = _lines(others)
    if findings:
        evidence["findings"] = b"".join(canonical(finding) + b"\n" for finding in findings)
    return Case(
        incident=incident,
        findings=findings,
        sessions={trace: build_session(events) for trace, events in traces.items()},
        evidence=evidence,
    )


def _lines(events: Sequence[Event]) -> bytes:
    return b"".join(canonical(event) + b"\n" for event in events)
