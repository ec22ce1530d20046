"""One whole run: days composed, replayed, and told."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.plant_days.attacks import planted
from bench.plant_days.compose import compose
from bench.plant_days.days import Day
from bench.plant_days.replay import Replay, dump
from bench.plant_days.table import show, show_attacks


def run(days: int, seed: int, *, attacks: bool, dump_to: Path | None) -> int:
    """Print the tables; 0 if the goals hold."""
    begun = time.process_time()
    replay = Replay()
    for number in range(days):
        day = Day(number, seed)
        records = compose(day)
        replay.feed(sorted(records + planted(day)) if attacks else records)
        print(f"day {number + 1}: {len(replay.told.findings)} findings", file=sys.stderr, flush=True)
    told = replay.end()
    good = show(told, days)
    if attacks:
        good = show_attacks(told, days) and good
    if dump_to is not None:
        dump_to.write_text("".join(f"{dump(finding)}\n" for finding in told.findings), encoding="utf-8")
    print(f"CPU time {time.process_time() - begun:.0f} s")
    return 0 if good else 1
