"""kill -9 at random moments: what was acknowledged is there, whole, and nothing is there in part."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from pullcord.store.folder import open_folder

KILLS = 10


def killed_at_random(folder: Path, draw: random.Random) -> int:
    """Let the writer work, kill it, and return the last number it acknowledged, or -1."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.store.dying", "work", folder], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    # After the first acknowledgement (or before, once in four), so that a slow start does not eat the moment.
    lines = [] if draw.random() < 0.25 else [writer.stdout.readline()]
    time.sleep(draw.uniform(0.0, 0.6))
    writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.read().splitlines()
    writer.stdout.close()
    assert writer.wait() == -signal.SIGKILL
    whole = [line for line in lines if line.strip()]
    return int(whole[-1]) if whole else -1


def test_random_kills_lose_and_halve_nothing(tmp_path: Path) -> None:
    draw = random.Random(5)
    acknowledged = -1
    for _ in range(KILLS):
        acknowledged = max(acknowledged, killed_at_random(tmp_path / "s", draw))
        with open_folder(tmp_path / "s") as store:
            with store.state.transaction() as tx:
                kept = int(tx.meta("next") or 0)
                names = [f"{number:06d}" for number in range(kept)]
                assert [one.id for one in tx.findings()] == names
                assert [one.id for one in tx.incidents()] == names
                assert all(tx.receipts(name)[0].key == name for name in names[-20:])
                assert tx.claim_events([f"{name}-{part}" for name in names for part in "ab"], 0) == set()
            assert kept > acknowledged
            assert store.vault.verify() == []
            assert {entry.incident_id for entry in store.vault.entries()} >= set(names)
            found = [one.id for one in store.lake.window(0, 10**9)]
            assert len(found) == len(set(found)) == store.lake.count()
            assert set(found) >= {f"{name}-{part}" for name in names for part in "ab"}
            # At most the one batch that was under way is there beyond what the state knows, and it is whole.
            assert len(found) in {2 * kept, 2 * kept + 2}
    assert acknowledged > KILLS
