from __future__ import annotations

from pathlib import Path

from pullcord.app.demo import play
from pullcord.app.progress import Silent
from pullcord.model.incident import Incident, PhaseName
from tests.app.build import documents, results


def played(out: Path) -> tuple[list[Incident], list[tuple[str, PhaseName]]]:
    told: list[tuple[str, PhaseName]] = []
    return play(out, Silent(), lambda incident, phase: told.append((incident.id, phase))), told


def test_the_attack_is_the_one_incident_and_is_taken_through_all_phases(tmp_path: Path) -> None:
    (incident,), told = played(tmp_path / "demo")
    after = [PhaseName.CONTAIN, PhaseName.INVESTIGATE, PhaseName.RECOVER, PhaseName.LEARN]
    assert told == [(incident.id, phase) for phase in after]
    assert incident.assets == ("Maintenance copilot",)
    assert incident.unregistered == ()
    document = documents(tmp_path / "demo")[incident.id]
    assert document["closed"]
    assert document["simulated"]
    assert len(document["trace_ids"]) == 1, "neither the twin nor routine is part of it"


def test_playing_again_in_the_same_folder_changes_nothing(tmp_path: Path) -> None:
    played(tmp_path)
    before = results(tmp_path)
    _, told = played(tmp_path)
    assert told == []
    assert results(tmp_path) == before
