"""Result files of a run: ``index.json``, ``folded.ndjson`` and a folder for each incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pullcord import __version__
from pullcord.app.document import Learn, build, outward, to_json
from pullcord.app.files import write_whole
from pullcord.app.report import render
from pullcord.app.triage import folded_line
from pullcord.model.incident import Incident
from pullcord.store.folder import Store
from pullcord.triage.correlate import Folded


class Outputs:
    """Writes results into a folder; every file appears whole or not at all."""

    def __init__(self, out: Path, store: Store, learn: Learn) -> None:
        self._out, self._store, self._learn = out, store, learn

    def incident(self, incident: Incident) -> None:
        """``incidents/<id>/report.html`` and, last, ``incident.json``: where that is, the report is as well."""
        with self._store.state.transaction() as tx:
            document = build(tx, self._store.vault, incident, self._learn)
        folder = self._folder(incident)
        write_whole(folder / "report.html", render(document).encode())
        write_whole(folder / "incident.json", to_json(document))

    def incident_if_missing(self, incident: Incident) -> None:
        """The same if a kill came between the last phase and its files."""
        if not (self._folder(incident) / "incident.json").exists():
            self.incident(incident)

    def folded(self, records: Sequence[Folded]) -> None:
        """``folded.ndjson``: findings that became no incident, counted."""
        lines = [msgspec.json.encode(folded_line(record)) + b"\n" for record in records]
        write_whole(self._out / "folded.ndjson", b"".join(lines))

    def index(self, incidents: Sequence[Incident]) -> None:
        """``index.json``: what is there."""
        found = [
            {
                **outward(msgspec.to_builtins(one)),
                "path": f"incidents/{one.id}/incident.json",
                "report": f"incidents/{one.id}/report.html",
            }
            for one in incidents
        ]
        whole = {
            "schema": "pullcord.index/1",
            "generator": f"pullcord {__version__}",
            "by_severity": dict(Counter(one.severity.value for one in incidents)),
            "by_type": dict(Counter(one.type for one in incidents)),
            "incidents": found,
        }
        write_whole(
            self._out / "index.json", msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"
        )

    def _folder(self, incident: Incident) -> Path:
        return self._out / "incidents" / incident.id
