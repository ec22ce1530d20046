"""Cuts values off that are nested more deeply than a protobuf parser goes, so that the rest can still be read."""

from __future__ import annotations

from pullcord.intake.protobuf import field, fields

MOST = 30
"""Values within values. Each takes three messages at most, and the parser stops at a hundred."""

_CUT = field(1, "\u2026".encode())
"""An ``AnyValue`` with an ellipsis, as in OTLP/JSON."""

_VALUE = "AnyValue"
_INNER: dict[str, dict[int, str]] = {
    "Span": {9: "KeyValue", 11: "Event", 13: "Link"},
    "Event": {3: "KeyValue"},
    "Link": {4: "KeyValue"},
    "LogRecord": {5: _VALUE, 6: "KeyValue"},
    "Resource": {1: "KeyValue"},
    "InstrumentationScope": {3: "KeyValue"},
    "KeyValue": {2: _VALUE},
    _VALUE: {5: "ArrayValue", 6: "KeyValueList"},
    "ArrayValue": {1: _VALUE},
    "KeyValueList": {1: "KeyValue"},
}
"""Field numbers under which messages hold messages on the way to values (opentelemetry-proto 1.x)."""


def without_depths(data: bytes, kind: str, path: str, depth: int = 0) -> tuple[bytes, int]:
    """The bytes of a message without its deepest values, and how many were cut.

    Args:
        kind: name of the message, a key of the table above.
        path: of the message, for complaints.

    Raises:
        UnreadableRecordError: it is no protobuf message.
    """
    kept: list[bytes] = []
    cuts = 0
    inner = _INNER[kind]
    for one in fields(data, path):
        name = inner.get(one.number)
        if one.held is None or name is None:
            kept.append(one.whole)
            continue
        deeper = depth + (name == _VALUE)
        if deeper > MOST:
            held, cut = _CUT, 1
        else:
            held, cut = without_depths(one.held, name, path, deeper)
        kept.append(field(one.number, held))
        cuts += cut
    return b"".join(kept), cuts
