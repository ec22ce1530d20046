from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanContext, TraceFlags

from tests.live.installation import Installation, attack, until, write
from tests.recordings.morning import lines


@contextmanager
def started(folder: Path) -> Iterator[Installation]:
    here = write(folder)
    here.up()
    try:
        yield here
    finally:
        here.down()


def spans(line: str) -> list[ReadableSpan]:
    """The spans of a recorded session as the SDK would hand them to its exporter."""
    (resource,) = json.loads(line)["resourceSpans"]
    about = Resource(attributes(resource["resource"]))
    return [span(about, one) for scope in resource["scopeSpans"] for one in scope["spans"]]


def span(about: Resource, one: dict[str, Any]) -> ReadableSpan:
    def context(name: str) -> SpanContext:
        return SpanContext(
            int(one["traceId"], 16),
            int(name, 16),
            is_remote=False,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )

    return ReadableSpan(
        name=one["name"],
        context=context(one["spanId"]),
        parent=context(one["parentSpanId"]) if one.get("parentSpanId") else None,
        resource=about,
        attributes=attributes(one),
        start_time=int(one["startTimeUnixNano"]),
        end_time=int(one["endTimeUnixNano"]),
    )


def attributes(holder: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["value"]["stringValue"] for one in holder["attributes"]}


def settled(here: Installation) -> dict[str, Any]:
    """The incident once nothing new comes to it, in what does not depend on when and how it was told."""
    until(lambda: here.incidents() and here.ended("recover"))
    seen: dict[str, Any] = {}
    while (now := told(here)) != seen:
        seen = now
        time.sleep(2.0)
    return seen


def told(here: Installation) -> dict[str, Any]:
    found = here.incident()
    kept = ("id", "type", "severity", "title", "assets", "trace_ids", "finding_ids", "reasons", "origin")
    return {name: found[name] for name in kept} | {
        "verdicts": [one["verdict"] for one in found["explanations"]],
        "planned": [(one["kind"], one["target"]) for one in found["plans"][-1]["actions"]],
    }


def test_the_benign_are_left_alone_and_the_same_batch_again_changes_nothing(tmp_path: Path) -> None:
    with started(tmp_path) as here:
        # A dozen ordinary sessions, and the twin that looks like the attack from afar.
        assert here.tell(list(lines())[:13])["accepted"] > 50
        time.sleep(2.5)
        assert here.incidents() == []
        assert here.get("health")["status"] == "ok"
        batch = attack()
        first = here.tell(batch)
        assert (first["accepted"] > 0, first["duplicates"]) == (True, 0)
        before = settled(here)
        for _ in range(2):
            again = here.tell(batch)
            assert (again["accepted"], again["duplicates"]) == (0, first["accepted"])
        here.kill()
        here.up()
        assert here.tell(batch)["accepted"] == 0
        time.sleep(2.0)
        assert settled(here) == before


def test_the_exporter_of_the_sdk_tells_the_same_as_ndjson(tmp_path: Path) -> None:
    (line, _) = attack()
    with started(tmp_path / "lines") as here:
        here.tell([line])
        expected = settled(here)
    with started(tmp_path / "sdk") as here:
        exporter = OTLPSpanExporter(
            endpoint=f"{here.first[0]['url']}/v1/traces",
            headers={"authorization": f"Bearer {here.secret('copilot')}"},
            timeout=10,
        )
        assert exporter.export(spans(line)) is SpanExportResult.SUCCESS
        exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK has no types here
        assert settled(here) == expected
    assert expected["verdicts"] == ["attack_succeeded"]
