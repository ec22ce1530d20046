"""Spans as a protobuf message that keeps attributes as bytes: far cheaper to read from Python than the full message.

Field numbers and types are those of ``opentelemetry.proto.trace.v1.Span`` (opentelemetry-proto 1.x), so what is a
valid full message is a valid lean one; the reverse has to be seen to for what is kept as bytes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_ONE, _MANY = 1, 3
_FIELDS = {
    # number: (name, type in ``FieldDescriptorProto``, label)
    1: ("trace_id", "BYTES", _ONE),
    2: ("span_id", "BYTES", _ONE),
    3: ("trace_state", "STRING", _ONE),
    4: ("parent_span_id", "BYTES", _ONE),
    5: ("name", "STRING", _ONE),
    6: ("kind", "INT32", _ONE),
    7: ("start_time_unix_nano", "FIXED64", _ONE),
    8: ("end_time_unix_nano", "FIXED64", _ONE),
    9: ("attributes", "BYTES", _MANY),
    10: ("dropped_attributes_count", "UINT32", _ONE),
    11: ("events", "BYTES", _MANY),
    12: ("dropped_events_count", "UINT32", _ONE),
    13: ("links", "BYTES", _MANY),
    14: ("dropped_links_count", "UINT32", _ONE),
    15: ("status", "BYTES", _MANY),
    16: ("flags", "FIXED32", _ONE),
}


@cache
def lean_span() -> Any:  # noqa: ANN401  (protobuf has no types)
    """The class of the message; made when first needed, because protobuf takes long to load."""
    from google.protobuf import (  # type: ignore[import-untyped]
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    file = descriptor_pb2.FileDescriptorProto(
        name="pullcord/lean.proto", package="pullcord.lean", syntax="proto3"
    )
    message = file.message_type.add(name="Span")
    for number, (name, kind, label) in _FIELDS.items():
        message.field.add(
            name=name,
            number=number,
            label=label,
            type=descriptor_pb2.FieldDescriptorProto.Type.Value(f"TYPE_{kind}"),
        )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("pullcord.lean.Span"))
