"""Ways to call ``pullcord`` as a shell does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "pullcord"]


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """Its standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Call = Callable[..., Told]


def process(*arguments: object, cwd: Path | None = None, stdin: bytes = b"") -> Told:
    """Call it as a process of its own."""
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, input=stdin, timeout=60)
    return Told(done.returncode, done.stdout.decode(), done.stderr.decode())
