"""The published JSON schemas, generated from the nouns (JSON Schema 2020-12)."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from pullcord.model.finding import Finding
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# File name → (schema name as documents state it, title, noun).
PUBLISHED: dict[str, tuple[str, str, type[msgspec.Struct]]] = {
    "finding.json": ("pullcord.finding/1", "Finding", Finding),
    "incident_type.json": ("pullcord.incident_type/1", "Incident type", IncidentType),
    "inventory.json": ("pullcord.inventory/1", "Inventory", Inventory),
}


def published() -> dict[str, bytes]:
    """File name → bytes of every published schema, as they lie in ``content/schemas``."""
    return {name: _schema(*entry) for name, entry in PUBLISHED.items()}


def _schema(identity: str, title: str, noun: type[msgspec.Struct]) -> bytes:
    (root,), components = msgspec.json.schema_components([noun], ref_template="#/$defs/{name}")
    whole: dict[str, Any] = {
        "$schema": _DIALECT,
        "$id": f"urn:{identity.replace('/', ':').replace('.', ':')}",
        "title": title,
        **root,
        "$defs": dict(sorted(components.items())),
    }
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()
