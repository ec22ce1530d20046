"""Read the incident types that ship as data (content/incident_types)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pullcord.model.errors import PullcordError
from pullcord.model.incident_type import IncidentType
from pullcord.model.plan import ActionKind

SCHEMA = "pullcord.incident_type/1"
MAX_BYTES = 64 * 1024
MAX_TYPES = 1_000


class IncidentTypeError(PullcordError):
    """An incident type file is not what it should be."""

    code = "PC-2001"


def load_types(items: Iterable[tuple[str, bytes]]) -> dict[str, IncidentType]:
    """Incident types by id, sorted by id.

    Args:
        items: (path, YAML bytes) of each file, as ``content.walk("incident_types", ".yaml")`` gives them.

    Raises:
        IncidentTypeError: a file cannot be read, an id or a technique is claimed twice, or there are too many.
    """
    types: dict[str, IncidentType] = {}
    claimed: dict[str, str] = {}
    for path, data in items:
        kind = _read(path, data)
        if kind.id in types:
            raise IncidentTypeError(f"{path}: the type {kind.id} exists already", "give it another id")
        for technique in kind.techniques:
            if claimed.setdefault(technique, kind.id) != kind.id:
                raise IncidentTypeError(
                    f"{path}: {technique} is claimed by {claimed[technique]} as well",
                    "leave the technique with one type: a finding with it must point one way",
                )
        types[kind.id] = kind
        if len(types) > MAX_TYPES:
            raise IncidentTypeError(f"{path}: more than {MAX_TYPES} incident types", "remove some")
    return dict(sorted(types.items()))


def _read(path: str, data: bytes) -> IncidentType:
    if len(data) > MAX_BYTES:
        raise IncidentTypeError(f"{path}: {len(data)} bytes, the limit is {MAX_BYTES}", "shorten the file")
    kind = _decode(path, data)
    if kind.schema != SCHEMA:
        raise IncidentTypeError(f"{path}: schema is {kind.schema[:40]!r}", f"write schema: {SCHEMA}")
    if not 0 <= kind.malicious <= 1:
        raise IncidentTypeError(f"{path}: malicious is {kind.malicious}", "give a probability, 0 to 1")
    for name, kinds in (("contain", kind.contain), ("recover", kind.recover)):
        if len(set(kinds)) != len(kinds):
            raise IncidentTypeError(f"{path}: {name} names an action twice", "name each action once")
    if ActionKind.RETURN_TO_SERVICE in kind.contain:
        raise IncidentTypeError(
            f"{path}: contain holds return_to_service", "move it to recover: containment gives nothing back"
        )
    return kind


def _decode(path: str, data: bytes) -> IncidentType:
    # A chain of YAML aliases is harmless here: nothing walks the loaded graph but the strict conversion, which
    # stops at the first value that is not a short text. Deep nesting ends in a RecursionError.
    try:
        raw: Any = msgspec.yaml.decode(data)
        return msgspec.convert(raw, IncidentType)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise IncidentTypeError(
            f"{path}: {line[:200]}", "compare it with another incident type file"
        ) from error
