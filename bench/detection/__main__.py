"""The detection engine beside others: the same events, the same rules, one run, CPU time.

Usage: ./dev bench detection [--rules N] [--events N] [--no-rivals] [--corpus RULES EVENTS]

Every engine gets the JSON lines and gives (rule, event) pairs. Those of ours are compared with those of each other
engine, on the events that it was given (slow ones get fewer). Rivals from PyPI are measured where they are installed:
``pip install --group bench``. ``--corpus`` measures real Sigma rules of a folder on native events of a file.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Before anything imports them: one thread each, as for everybody.
os.environ.update(POLARS_MAX_THREADS="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.detection import corpus, engines, made

ROUNDS = 3


def main() -> int:
    """Measure and print."""
    options = _options()
    if options.corpus:
        corpus.measure(*options.corpus)
        return 0
    documents = list(made.rules(options.rules))
    lines = list(made.events(options.events, options.rules))
    print(
        f"{options.rules} rules, {options.events} events, {sum(map(len, lines)) / len(lines):.0f} bytes each\n"
    )
    ours: dict[str, float] = {}
    rows: list[tuple[str, float, str]] = []
    expected: set[engines.Pair] = set()
    for name, make, share in engines.every(rivals=options.rivals):
        part = lines[: max(1, int(len(lines) * share))]
        try:
            run = make(documents)
        except ImportError as error:
            print(f"{name}: not installed ({error.name})")
            continue
        pairs, cost = _best(run, part)
        if not expected and name.startswith("pullcord"):
            expected = pairs
        agrees = _agreement(pairs, expected, len(part)) if pairs or not name.startswith("orjson") else ""
        rows.append((name, cost, agrees))
        if name.startswith("pullcord"):
            ours[name] = cost
    _print(rows, ours)
    return 0


def _best(
    run: Callable[[list[bytes]], set[engines.Pair]], lines: list[bytes]
) -> tuple[set[engines.Pair], float]:
    """What was found, and the least CPU time for an event in microseconds, of some rounds."""
    best, found = float("inf"), set()
    for _ in range(ROUNDS):
        gc.collect()
        begun = time.process_time()
        found = run(lines)
        best = min(best, (time.process_time() - begun) / len(lines) * 1e6)
    return found, best


def _agreement(pairs: set[engines.Pair], expected: set[engines.Pair], count: int) -> str:
    known = {pair for pair in expected if int(pair[1][1:]) < count}
    if pairs == known:
        return f"{len(known)} matches, identical"
    return f"DIFFERS: {len(known - pairs)} missing, {len(pairs - known)} more of {len(known)}"


def _print(rows: list[tuple[str, float, str]], ours: dict[str, float]) -> None:
    names = list(ours)
    heads = "".join(f"{'× ' + name.removeprefix('pullcord, '):>16}" for name in names)
    print(f"\n{'engine':34}{'µs/event':>10}{'events/s':>12}{heads}  matches")
    for name, cost, agrees in rows:
        ratios = "".join(f"{cost / ours[one]:16.1f}" for one in names)
        print(f"{name:34}{cost:10.2f}{1e6 / cost:12,.0f}{ratios}  {agrees}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--no-rivals", dest="rivals", action="store_false")
    parser.add_argument("--corpus", nargs=2, type=Path, metavar=("RULES", "EVENTS"))
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
