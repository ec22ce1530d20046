from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live.installation import UNTOUCHED, Refused, attacked, until, world


def test_observe_does_nothing_to_anything_whatever_people_say(tmp_path: Path) -> None:
    with world(tmp_path) as it:
        before = {path: path.read_bytes() for path in (it.flags, it.denials)}
        attacked(it.here)
        until(lambda: it.here.incidents() and it.here.ended("recover"))
        document = it.here.incident()
        for plan in document["plans"]:
            assert plan["mode"] == "observe"
            for who in ("ines", "olaf", "mara"):
                with pytest.raises(Refused):
                    it.here.post(who, f"plans/{plan['id']}/decisions", hash=plan["hash"], decision="approve")
        it.here.kill()
        it.here.up()
        until(lambda: it.here.ended("recover"))
        ends = {
            (one["kind"], one["receipt"]["status"]) for one in it.here.incident()["actions"] if one["receipt"]
        }
        for kind in ("switch_to_fallback", "disable_agent", "restrict_tools", "block_destination"):
            assert (kind, "would_act") in ends
        assert {kind for kind, status in ends if status != "would_act"} == {"snapshot"}
        assert it.effects() == UNTOUCHED
        assert it.changes.all == [], "not even a file written aside"
        assert {path: path.read_bytes() for path in before} == before
        assert it.supervised.state("agent") == "RUNNING"
        for call, body in it.asked.requests:
            assert call == "GET /enabled" or (
                call == "POST /authorize" and json.loads(body)["dry_run"] is True
            )
