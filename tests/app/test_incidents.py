from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord.app.incidents import listed, shown
from pullcord.model.errors import UsageError
from pullcord.response.errors import UnknownIncidentError
from pullcord.store.errors import StateFolderError
from tests.response.build import incident, opened


def test_incidents_are_listed_by_first_time_without_changing_anything(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        tx.put_incident(msgspec.structs.replace(incident("inc-0"), first_time=5))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "state").rglob("*") if path.is_file()}
    assert [one.id for one in listed(tmp_path / "state")] == ["inc-1", "inc-0"]
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "state").rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before


def test_an_incident_is_shown_by_id_or_alias_while_the_owner_runs(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with store.state.transaction() as tx:
            tx.put_incident(msgspec.structs.replace(incident(), aliases=("inc-old",)))
        found = shown(tmp_path / "state", "inc-1")
        assert [one.id for one in found.findings] == ["f1"]
        assert shown(tmp_path / "state", "inc-old").id == "inc-1"


def test_an_unknown_incident_is_no_usage_error_and_its_name_is_cut(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(UnknownIncidentError, match="incident list") as told:
        shown(tmp_path / "state", "x" * 5_000)
    assert len(str(told.value)) < 300
    assert not isinstance(told.value, UsageError)


def test_without_a_state_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateFolderError, match="--state"):
        listed(tmp_path / "nowhere")
