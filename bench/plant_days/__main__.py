"""``./dev bench plant_days [--days N] [--seed N] [--attacks] [--dump FILE]``: see README.md."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path


def main() -> int:
    """Compose, replay and print; 1 if more pages or actions came out than may, or an attack was not found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=int, default=35)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--attacks", action="store_true", help="plant twelve attacks, and say which were found"
    )
    parser.add_argument("--dump", type=Path, help="write all findings there, one JSON object a line")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root), str(root / "src")]
    run = importlib.import_module("bench.plant_days.run")
    return int(run.run(options.days, options.seed, attacks=options.attacks, dump_to=options.dump))


if __name__ == "__main__":
    raise SystemExit(main())
