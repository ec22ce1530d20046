"""What an OCSF finding speaks of: hosts, addresses, users, files; as ``kind:value`` to join findings by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Json = Mapping[str, object]

_MOST = 200
_LONGEST = 512
_HOST, _ADDRESS, _USER = "host", "address", "user"
# Observable types of the OCSF dictionary, `observable.type_id`, whose values name one thing.
_OBSERVABLES = {
    1: _HOST,
    2: _ADDRESS,
    4: _USER,
    5: "email",
    6: "url",
    7: "file",
    8: "hash",
    9: "process",
    10: "uid",
}
_ENDPOINTS = ("src_endpoint", "dst_endpoint", "device")


def mapping(value: object) -> Json:
    """The object, or an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """The objects of a list; what is none is left out."""
    return [item for item in value[:_MOST] if isinstance(item, dict)] if isinstance(value, list) else []


def text(data: Json, *names: str) -> str | None:
    """The first of these fields that is non-empty text."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def user(data: Json, evidence: Sequence[Json]) -> str | None:
    """The acting user, of the finding or else of its evidence."""
    for holder in (data, *evidence):
        found = text(mapping(mapping(holder.get("actor")).get("user")), "name", "uid", "email_addr")
        if found:
            return found[:_LONGEST]
    return None


def entities(data: Json, device: Json, evidence: Sequence[Json]) -> tuple[str, ...]:
    """Each ``kind:value`` once, in the order of the record; at most 200."""
    found: dict[str, None] = {}
    for kind, value in _all(data, device, evidence):
        if value and len(found) < _MOST:
            found[f"{kind}:{value[:_LONGEST].lower()}"] = None
    return tuple(found)


def _all(data: Json, device: Json, evidence: Sequence[Json]) -> Iterator[tuple[str, str | None]]:
    yield from _endpoint(device)
    yield _USER, user(data, [])
    for item in (data, *evidence):
        for name in _ENDPOINTS:
            yield from _endpoint(mapping(item.get(name)))
        yield _USER, user(item, [])
        yield _USER, text(mapping(item.get("user")), "name", "uid")
        yield "file", text(mapping(item.get("file")), "path", "name")
        yield "url", text(mapping(item.get("url")), "url_string")
    for observable in mappings(data.get("observables")):
        kind = observable.get("type_id")
        if isinstance(kind, int) and kind in _OBSERVABLES:
            yield _OBSERVABLES[kind], text(observable, "value")


def _endpoint(data: Json) -> Iterator[tuple[str, str | None]]:
    yield _HOST, text(data, "hostname", "name")
    yield _ADDRESS, text(data, "ip")
