"""The published JSON schemas, generated from the nouns (JSON Schema 2020-12)."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from pullcord.app.document import SCHEMA, TIME_FIELDS, IncidentDocument
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# File name → (schema name as documents state it, title, noun).
PUBLISHED: dict[str, tuple[str, str, type[msgspec.Struct]]] = {
    "incident.json": (SCHEMA, "Incident document (incident.json)", IncidentDocument),
    "incident_type.json": ("pullcord.incident_type/1", "Incident type", IncidentType),
    "inventory.json": ("pullcord.inventory/1", "Inventory", Inventory),
}


def published() -> dict[str, bytes]:
    """File name → bytes of every published schema, as they lie in ``content/schemas``."""
    return {name: _schema(*entry) for name, entry in PUBLISHED.items()}


def _schema(identity: str, title: str, noun: type[msgspec.Struct]) -> bytes:
    """The schema of a noun as it leaves: times are RFC 3339 there."""
    (root,), components = msgspec.json.schema_components([noun], ref_template="#/$defs/{name}")
    whole: dict[str, Any] = {
        "$schema": _DIALECT,
        "$id": f"urn:{identity.replace('/', ':').replace('.', ':')}",
        "title": title,
        **root,
        "$defs": {key: _stamped(item) for key, item in sorted(components.items())},
    }
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def _stamped(component: dict[str, Any]) -> dict[str, Any]:
    """The component with its times, integers inside, as the text that documents hold."""
    properties = {
        key: {"type": "string", "format": "date-time"}
        if key in TIME_FIELDS and value == {"type": "integer"}
        else {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None}
        if key in TIME_FIELDS and {"type": "integer"} in value.get("anyOf", [])
        else value
        for key, value in component.get("properties", {}).items()
    }
    return {**component, "properties": properties} if properties else component
