"""Incidents, their aliases and their phases in the state."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.incident import Incident, Phase, PhaseName
from pullcord.store.rows import chunks, corrupt, decode, encode
from pullcord.store.tables import ALIASES, INCIDENTS, PHASES

_ORDER = {name: position for position, name in enumerate(PhaseName)}


def put_incident(connection: Connection, incident: Incident) -> None:
    """Keep or replace an incident and the aliases it answers to.

    Whoever was put last answers to a name: putting an incident takes its own id back from others' aliases,
    and takes its aliases over from others.
    """
    row = {
        "first_time": incident.first_time,
        "last_time": incident.last_time,
        "type": incident.type,
        "severity": incident.severity.value,
        "site": incident.site,
        "body": encode(incident),
    }
    statement = insert(INCIDENTS).values(id=incident.id, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    connection.execute(delete(ALIASES).where(ALIASES.c.incident_id == incident.id))
    connection.execute(delete(ALIASES).where(ALIASES.c.alias == incident.id))
    aliases = [alias for alias in dict.fromkeys(incident.aliases) if alias != incident.id]
    entry = insert(ALIASES)
    entry = entry.on_conflict_do_update(
        index_elements=["alias"], set_={"incident_id": entry.excluded.incident_id}
    )
    for chunk in chunks(aliases):
        connection.execute(entry, [{"alias": alias, "incident_id": incident.id} for alias in chunk])


def get_incident(connection: Connection, incident_id: str) -> Incident | None:
    """One incident by id or alias; an id that became an alias leads to the incident that took it over."""
    alias = select(ALIASES.c.incident_id).where(ALIASES.c.alias == incident_id)
    key = connection.execute(alias).scalar() or incident_id
    body = connection.execute(select(INCIDENTS.c.body).where(INCIDENTS.c.id == key)).scalar()
    return None if body is None else _read(key, body)


def get_incidents(connection: Connection) -> Iterator[Incident]:
    """All incidents by first time, then id; those taken over by another are left out."""
    query = (
        select(INCIDENTS.c.id, INCIDENTS.c.body)
        .where(INCIDENTS.c.id.not_in(select(ALIASES.c.alias)))
        .order_by(INCIDENTS.c.first_time, INCIDENTS.c.id)
    )
    for key, body in connection.execute(query):
        yield _read(key, body)


def _read(key: str, body: object) -> Incident:
    incident = decode(Incident, body, "incidents", key)
    if incident.id != key:
        raise corrupt("incidents", key, f"it holds incident {incident.id[:80]!r}")
    return incident


def put_phase(connection: Connection, incident_id: str, phase: Phase) -> None:
    """Keep or replace one phase of an incident."""
    body = encode(phase)
    statement = insert(PHASES).values(incident_id=incident_id, position=_ORDER[phase.name], body=body)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["incident_id", "position"], set_={"body": body})
    )


def get_phases(connection: Connection, incident_id: str) -> tuple[Phase, ...]:
    """Phases begun so far, in the order of the six."""
    query = select(PHASES.c.body).where(PHASES.c.incident_id == incident_id).order_by(PHASES.c.position)
    bodies = connection.execute(query).scalars()
    return tuple(decode(Phase, body, "phases", incident_id) for body in bodies)
