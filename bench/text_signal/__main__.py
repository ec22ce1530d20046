"""``./dev bench text_signal train|evaluate|leave_out|rivals WHEELS …``: see README.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_PARTS = ("train", "evaluate", "leave_out", "rivals")


def main() -> None:
    """Run one part with the arguments that follow its name."""
    if len(sys.argv) < 2 or sys.argv[1] not in _PARTS:  # noqa: PLR2004 -- a name
        sys.exit(f"say which part: {', '.join(_PARTS)} (bench/text_signal/README.md says more)")
    root = str(Path(__file__).parents[2])
    sys.path[:0] = [root, f"{root}/src"]
    part = importlib.import_module(f"bench.text_signal.{sys.argv.pop(1)}")
    part.main()


if __name__ == "__main__":
    main()
