"""Whether a program prints the same whatever seed Python's hashes have: sets must not decide the order of output."""

from __future__ import annotations

import os
import subprocess
import sys

SEEDS = ("0", "1", "4242")


def printed(program: str) -> set[str]:
    """The different outputs of a program under several hash seeds; one output is what one wants."""
    return {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        ).stdout
        for seed in SEEDS
    }
