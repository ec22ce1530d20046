"""Findings in the state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.finding import Finding
from pullcord.store.rows import chunks, corrupt, decode, encode
from pullcord.store.tables import FINDING_ORDER, FINDINGS

_INSERT = insert(FINDINGS).on_conflict_do_nothing().returning(FINDINGS.c.id)


def put_findings(connection: Connection, findings: Iterable[Finding]) -> int:
    """Keep findings; the first with an id stays. Returns how many were new."""
    new = 0
    for chunk in chunks(findings):
        first: dict[str, Finding] = {}
        for finding in chunk:
            first.setdefault(finding.id, finding)
        rows = [_row(finding) for finding in first.values()]
        added = set(connection.execute(_INSERT, rows).scalars())
        if added:
            order = [{"finding_id": key} for key in first if key in added]
            connection.execute(insert(FINDING_ORDER), order)
        new += len(added)
    return new


def findings_after(connection: Connection, cursor: int, limit: int) -> list[tuple[int, Finding]]:
    """Findings in the order they became durable, each with its place, from after a place on."""
    joined = FINDING_ORDER.join(FINDINGS, FINDING_ORDER.c.finding_id == FINDINGS.c.id)
    query = (
        select(FINDING_ORDER.c.sequence, FINDINGS.c.id, FINDINGS.c.body)
        .select_from(joined)
        .where(FINDING_ORDER.c.sequence > cursor)
        .order_by(FINDING_ORDER.c.sequence)
        .limit(limit)
    )
    return [(place, _read(key, body)) for place, key, body in connection.execute(query)]


def _row(finding: Finding) -> dict[str, object]:
    return {
        "id": finding.id,
        "time": finding.time,
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "asset": finding.asset,
        "trace_id": finding.trace_id,
        "body": encode(finding),
    }


def findings(connection: Connection, ids: Collection[str] | None = None) -> Iterator[Finding]:
    """Findings by time then id, all or those named.

    Raises:
        CorruptRowError: while iterating, at a row that does not decode.
    """
    columns = select(FINDINGS.c.id, FINDINGS.c.body)
    if ids is None:
        for key, body in connection.execute(columns.order_by(FINDINGS.c.time, FINDINGS.c.id)):
            yield _read(key, body)
        return
    found = [
        _read(key, body)
        for chunk in chunks(dict.fromkeys(ids))
        for key, body in connection.execute(columns.where(FINDINGS.c.id.in_(chunk)))
    ]
    yield from sorted(found, key=lambda finding: (finding.time, finding.id))


def _read(key: str, body: object) -> Finding:
    finding = decode(Finding, body, "findings", key)
    if finding.id != key:
        raise corrupt("findings", key, f"it holds finding {finding.id[:80]!r}")
    return finding
