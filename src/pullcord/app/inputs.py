"""Inputs of a command: reads files in batches, tells of what was refused, and insists on at least one record."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pullcord.intake.context import Context, Counters, Rejection
from pullcord.intake.files import check_inputs
from pullcord.intake.reader import Batch, read
from pullcord.model.errors import NothingReadableError
from pullcord.ports import Clock

# Refused records shown one by one; the rest are counted.
MOST_SHOWN = 1_000

Tell = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Show a line to the person at the terminal."""
    sys.stderr.write(f"{line}\n")


class Inputs:
    """The files of one command.

    Attributes:
        counters: what was read so far, over all files.
    """

    def __init__(self, paths: Sequence[Path], clock: Clock, tell: Tell = to_stderr) -> None:
        self.counters = Counters()
        self._paths, self._clock, self._tell = paths, clock, tell
        self._shown = 0
        check_inputs(paths)

    def batches(self) -> Iterator[Batch]:
        """All batches of all files, in order.

        Raises:
            UsageError: a file cannot be opened.
            NothingReadableError: all are read and not one record was usable.
        """
        for path in self._paths:
            yield from self.of(path)
        self.finish()

    def of(self, path: Path, after_line: int = 0) -> Iterator[Batch]:
        """The batches of one file, from after a line that was read before."""
        context = Context(source=str(path), received=self._clock.now(), counters=self.counters)
        yield from read(path, context, self._refused, after_line)

    def finish(self) -> None:
        """Tell how many refusals were not shown, and fail if nothing was usable.

        Raises:
            NothingReadableError: not one record was usable.
        """
        if self._shown > MOST_SHOWN:
            self._tell(f"pullcord: {self._shown - MOST_SHOWN} more records refused, not shown")
        if not self.counters.accepted:
            names = ", ".join(str(path) for path in self._paths[:3])
            raise NothingReadableError(
                f"no usable record in {names}", "give native NDJSON, OTLP/JSON lines or OCSF findings"
            )

    def _refused(self, rejection: Rejection) -> None:
        self._shown += 1
        if self._shown <= MOST_SHOWN:
            self._tell(str(rejection))
