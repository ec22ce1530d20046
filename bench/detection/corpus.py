"""Real Sigma rules on native events: CPU time for an event, beside plain decoding, and the memory of the engine."""

from __future__ import annotations

import gc
import resource
import time
from pathlib import Path

import orjson

from pullcord.detection.engine import AT_ONCE, Detector
from pullcord.detection.gate import available
from pullcord.detection.rules import RuleState, load_rules
from pullcord.intake.context import Context, Limits
from pullcord.intake.files import Record, open_records
from pullcord.intake.quick import quick

LEAST = 200_000


def measure(rules: Path, events: Path) -> None:
    """Measure and print; few events are taken again and again, after all of them were seen once for tuning."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    loaded = load_rules((str(path), path.read_bytes()) for path in sorted(rules.rglob("*.yml")))
    failed = sum(status.status is RuleState.FAILED for status in loaded.statuses)
    records = open_records(events, Limits())
    lines = [record.raw for record in records if isinstance(record, Record)]
    lines *= max(1, LEAST // len(lines))
    print(f"{len(loaded.rules)} rules ({failed} failed), {len(lines)} events")
    plain = min(_timed(lambda: [orjson.loads(line) and None for line in lines]) for _ in range(3))
    print(f"{'orjson alone':24}{plain / len(lines) * 1e6:10.2f} µs/event")
    for kind in available()[:2]:
        detector, context = Detector(loaded, kind), Context()

        def run(detector: Detector = detector, context: Context = context) -> None:
            for start in range(0, len(lines), AT_ONCE):
                detector.detect(
                    [one for line in lines[start : start + AT_ONCE] if (one := quick(line, context))]
                )

        first, best = _timed(run), min(_timed(run) for _ in range(3))
        print(
            f"{kind.value:24}{best / len(lines) * 1e6:10.2f} µs/event, {plain / best:.3f} of the orjson rate"
            f" (first pass {first / len(lines) * 1e6:.2f})"
        )
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory grew by {grown / 1024:.0f} MB, events included")


def _timed(run: object) -> float:
    gc.collect()
    begun = time.process_time()
    run()  # type: ignore[operator]
    return time.process_time() - begun
