"""Suppressed findings of one run over files: left out of what is shown, counted, and written where somebody asks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from pullcord.app.output import to_line
from pullcord.app.rules.suppressions import read_suppressions
from pullcord.detection.suppress import Sieve
from pullcord.model.finding import Finding

_FOR_ALL = 0o644


class HeldBack:
    """Parts findings by a file of suppressions.

    Args:
        suppressions: the file.
        out: where suppressed findings go; the file appears whole when :meth:`finish` is called.
        now: nanoseconds UTC, by the clock: recorded times are in the hands of whoever wrote them.

    Raises:
        UsageError: the file of suppressions cannot be used.
        OSError: ``out`` cannot be written.
    """

    def __init__(self, suppressions: Path, out: Path | None, now: int) -> None:
        self._known = read_suppressions(suppressions, now)
        self._sieve, self._now, self._out = Sieve(self._known), now, out
        # Beside the result, so that it can take its place in one step; findings may be too many for memory.
        self._file: IO[bytes] | None = None
        if out is not None:
            self._file = tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False)  # noqa: SIM115

    def show(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that are not suppressed."""
        shown, held = self._sieve.part(findings, self._now)
        if self._file is not None:
            self._file.writelines(held_line(finding, name) for finding, name in held)
        return shown

    def finish(self) -> None:
        """Put the file of suppressed findings in its place."""
        if self._file is None or self._out is None:
            return
        self._file.flush()
        os.fchmod(self._file.fileno(), _FOR_ALL)
        os.fsync(self._file.fileno())
        Path(self._file.name).replace(self._out)
        self._file.close()
        self._file = None

    def close(self) -> None:
        """Leave nothing half-written behind; after :meth:`finish` it does nothing."""
        if self._file is not None:
            Path(self._file.name).unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def summary(self) -> Iterator[str]:
        """For people: what each suppression held back, and which no longer hold."""
        expired = {one.id for one in self._known.expired(self._now)}
        for one in self._known.entries:
            if one.id in expired:
                yield f"suppression {one.id} expired on {one.expires} and does nothing (owner: {one.owner})"
            else:
                number = self._sieve.counts[one.id]
                yield f"suppression {one.id} held back {number} findings, until {one.expires} (owner: {one.owner})"


def held_line(finding: Finding, suppression: str) -> bytes:
    """A suppressed finding as `pullcord detect` prints it, and which suppression it was."""
    return msgspec.json.encode(to_line(finding) | {"suppressed_by": suppression}) + b"\n"
