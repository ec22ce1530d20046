from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.live.installation import COPILOT, Installation, Refused, attack, until, write


def seconds_of_work(pid: int) -> float:
    """CPU time of a process so far."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """What a process holds in memory."""
    (line,) = [
        one for one in (Path("/proc") / str(pid) / "status").read_text().splitlines() if "VmRSS" in one
    ]
    return int(line.split()[1]) / 1024


def test_up_is_ready_soon_and_small_and_its_first_token_cannot_decide(tmp_path: Path) -> None:
    here = write(tmp_path)
    # The wall says little on a busy machine; the goal of 4 s holds for the work.
    assert here.up() < 15.0
    assert here.process is not None
    assert seconds_of_work(here.process.pid) < 4.0
    until(lambda: here.get("health")["status"] == "ok")
    assert megabytes(here.process.pid) < 200.0
    token = here.first[0]["token"]
    assert len(token) >= 32
    can_and_cannot(here, token)
    assert here.down() == 0
    here.up()
    here.kill()
    here.up()
    assert [one["token"] for one in here.first] == [token, None, None]
    assert here.get("incidents", token)
    assert token not in (tmp_path / "log").read_text()
    assert here.down() == 0
    for path in here.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
        assert not path.is_file() or token.encode() not in path.read_bytes(), path


def can_and_cannot(here: Installation, token: str) -> None:
    """It takes telemetry in and reads; it neither approves nor changes a mode."""
    assert here.tell(attack()[:1], token)["accepted"] > 5
    until(lambda: here.get("incidents", token))
    plan = until(lambda: here.get(f"incidents/{here.get('incidents')[0]['id']}")["plans"])[0]
    body = {"hash": plan["hash"], "decision": "approve"}
    incident = plan["incident_id"]
    for path, said in (
        (f"plans/{plan['id']}/decisions", body),
        (f"systems/{COPILOT}/mode", {"mode": "recommend"}),
        ("resume", {}),
        (f"incidents/{incident}/close", {"comment": "x"}),
    ):
        with pytest.raises(Refused):
            here.call("POST", token, f"/api/v1/{path}", said)
    assert {one["mode"] for one in here.get("systems")} == {"observe"}
    assert not here.waiting("mode"), "it cannot even ask"
