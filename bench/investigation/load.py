"""Reads labelled agent traces: OTLP/JSON lines (zstd) and their truth files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from pullcord.analysis.sessions import build_session
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.session import AgentSession

SETS = {
    "single": ("traces-*.otlp.jsonl.zst", "truth.jsonl"),
    "five": ("long-5-*.otlp.jsonl.zst", "long-5-truth.jsonl"),
    "ten": ("long-10-*.otlp.jsonl.zst", "long-10-truth.jsonl"),
}
_CATEGORY = {"execute_tool": "tool", "chat": "llm", "invoke_agent": "agent"}


class Labelled(NamedTuple):
    """A session with its truth: label ``landed``, ``attempted`` or ``benign``, and the true spans."""

    session: AgentSession
    label: str
    group: str
    origins: frozenset[str]
    actions: frozenset[str]


def read_set(folder: Path, name: str) -> list[Labelled]:
    """One of ``SETS``, in order of trace id."""
    pattern, truth_name = SETS[name]
    truth = {row["trace_id"]: row for row in map(json.loads, (folder / truth_name).open(encoding="utf-8"))}
    found = []
    for path in sorted(folder.glob(pattern)):
        for line in _lines(path):
            session = build_session(list(events(json.loads(line))))
            row = truth[session.trace_id]
            found.append(
                Labelled(
                    session,
                    row["label"],
                    row["group"],
                    frozenset(row["origin_span_ids"]),
                    frozenset(row["action_span_ids"]),
                )
            )
    return sorted(found, key=lambda item: item.session.trace_id)


def events(request: dict[str, Any]) -> Iterator[Event]:
    """Yield the spans of one OTLP/JSON export request as events."""
    for resource in request["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                attributes = {item["key"]: _value(item["value"]) for item in span["attributes"]}
                operation = str(attributes.get("gen_ai.operation.name", ""))
                yield Event(
                    id=f"{span['traceId']}:{span['spanId']}",
                    time=int(span["startTimeUnixNano"]),
                    logsource=LogSource(product="ai", category=_CATEGORY.get(operation)),
                    attributes=attributes,
                    trace_id=span["traceId"],
                    span_id=span["spanId"],
                )


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")


def _value(value: dict[str, Any]) -> Value:
    kind, content = next(iter(value.items()))
    if kind == "arrayValue":
        return [str(_value(item)) for item in content.get("values", [])]
    if kind == "intValue":
        return int(content)
    return content if isinstance(content, str | bool | float) else str(content)
