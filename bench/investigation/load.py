"""Reads labelled agent traces: OTLP/JSON lines (zstd) and their truth files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pullcord.analysis.sessions import build_session
from pullcord.app.clock import SystemClock
from pullcord.app.inputs import Inputs
from pullcord.app.spool import SessionSpool
from pullcord.model.session import AgentSession

SETS = {
    "single": ("traces-*.otlp.jsonl.zst", "truth.jsonl"),
    "five": ("long-5-*.otlp.jsonl.zst", "long-5-truth.jsonl"),
    "ten": ("long-10-*.otlp.jsonl.zst", "long-10-truth.jsonl"),
}


class Labelled(NamedTuple):
    """A session with its truth: label ``landed``, ``attempted`` or ``benign``, and the true spans."""

    session: AgentSession
    label: str
    group: str
    origins: frozenset[str]
    actions: frozenset[str]


def read_set(folder: Path, name: str) -> list[Labelled]:
    """One of ``SETS``, in order of trace id, read the way `pullcord investigate` reads it."""
    pattern, truth_name = SETS[name]
    truth = {row["trace_id"]: row for row in map(json.loads, (folder / truth_name).open(encoding="utf-8"))}
    found = []
    with SessionSpool() as spool:
        for batch in Inputs(sorted(folder.glob(pattern)), SystemClock()).events():
            spool.add(batch.items)
        for trace, events in spool.traces():
            row = truth[trace]
            found.append(
                Labelled(
                    build_session(events),
                    row["label"],
                    row["group"],
                    frozenset(row["origin_span_ids"]),
                    frozenset(row["action_span_ids"]),
                )
            )
    return sorted(found, key=lambda item: item.session.trace_id)
