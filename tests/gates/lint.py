"""Format, lint, types and import contracts: what ``./dev lint`` runs and what the gate runs.

``python -m tests.gates.lint [--fix]`` runs all of them and exits 1 if one fails.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-m")

# The tests are typed too: a test that calls a function wrongly tests something else.
CODE = [name for name in ("src", "tests", "bench", "dev") if (ROOT / name).exists()]

STEPS: dict[str, tuple[str, ...]] = {
    "format": (*PYTHON, "ruff", "format", "--check", "--quiet", "--diff", "."),
    "lint": (*PYTHON, "ruff", "check", "--quiet", "."),
    "types": (*PYTHON, "mypy", "--no-error-summary", *CODE),
    "imports": (*PYTHON, "tests.gates.contracts"),
}
FIXES: dict[str, tuple[str, ...]] = {
    "format": (*PYTHON, "ruff", "format", "."),
    "lint": (*PYTHON, "ruff", "check", "--fix", "."),
}


def run(step: str, *, fix: bool = False) -> tuple[int, str]:
    """Run one step of STEPS (or its repair) in the repository; returns exit code and output."""
    command = FIXES.get(step, STEPS[step]) if fix else STEPS[step]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main(arguments: list[str]) -> int:
    """Run every step, print what fails, return 1 if any did."""
    failed = False
    for step in STEPS:
        code, output = run(step, fix="--fix" in arguments)
        sys.stdout.write(f"{step}: {'ok' if code == 0 else 'FAILED'}\n{output if code else ''}")
        failed |= code != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
