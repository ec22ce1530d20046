from __future__ import annotations

from pathlib import Path

from tests.cli.build import Call
from tests.response.build import opened


def test_a_sound_installation_is_exit_0(pullcord: Call, simulated: Path) -> None:
    told = pullcord("doctor", "--state", simulated)
    assert told.code == 0, told.out
    assert all(line.startswith("ok ") for line in told.out.splitlines())
    assert len(pullcord("doctor").out.splitlines()) == 5


def test_what_is_bad_is_exit_1(pullcord: Call, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        kept = store.vault.put(b"x", media_type="text/plain", description="d", incident_id="inc-1", time=1)
    (path,) = tmp_path.rglob(kept.digest)
    path.unlink()
    told = pullcord("doctor", "--state", tmp_path, "--json")
    assert told.code == 1
    assert [line["name"] for line in told.lines() if not line["good"]] == ["evidence"]


def test_no_state_there_is_exit_2(pullcord: Call, tmp_path: Path) -> None:
    assert pullcord("doctor", "--state", tmp_path).code == 2
