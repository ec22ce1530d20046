"""Builds small OTLP/JSON requests for the tests."""

from __future__ import annotations

import orjson

TRACE, SPAN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
START = 1_780_000_000_000_000_000


def pairs(**attributes: object) -> list[dict[str, object]]:
    """Attributes as OTLP writes them; underscores in names stand for dots, twice for one underscore."""
    names = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return [
        {
            "key": key.replace("__", "\0").replace("_", ".").replace("\0", "_"),
            "value": {names[type(value)]: value},
        }
        for key, value in attributes.items()
    ]


def span(**changes: object) -> dict[str, object]:
    """A span that has all it needs."""
    return {"traceId": TRACE, "spanId": SPAN, "name": "work", "startTimeUnixNano": str(START)} | changes


def traces(*spans: object, resource: list[dict[str, object]] | None = None) -> bytes:
    """A request with these spans."""
    scope = {"scope": {"name": "lib"}, "spans": list(spans)}
    return orjson.dumps(
        {"resourceSpans": [{"resource": {"attributes": resource or []}, "scopeSpans": [scope]}]}
    )


def logs(*records: object) -> bytes:
    """A request with these log records."""
    return orjson.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]})
