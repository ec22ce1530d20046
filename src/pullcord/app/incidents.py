"""Use cases: list incidents, show one, write its report again."""

from __future__ import annotations

from pathlib import Path

from pullcord.app.document import IncidentDocument, build
from pullcord.app.judging import Judging
from pullcord.model.incident import Incident
from pullcord.response.errors import UnknownIncidentError
from pullcord.store.folder import open_folder


def listed(folder: Path) -> list[Incident]:
    """All incidents of a state, by first time."""
    with open_folder(folder, read_only=True) as store, store.state.transaction() as tx:
        return list(tx.incidents())


def shown(folder: Path, incident_id: str) -> IncidentDocument:
    """The document of one incident.

    Raises:
        UnknownIncidentError: the state does not know it.
    """
    with open_folder(folder, read_only=True) as store, store.state.transaction() as tx:
        incident = tx.incident(incident_id)
        if incident is None:
            raise UnknownIncidentError(f"no incident {incident_id[:80]!r}", "see `pullcord incident list`")
        return build(tx, store.vault, incident, Judging().learn)
