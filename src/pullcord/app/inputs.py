"""Inputs of a command: files read in batches, refusals shown on stderr, and at least one record each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pullcord.intake.context import Context, Counters, Rejection
from pullcord.intake.files import check_inputs
from pullcord.intake.reader import Batch, read_either, read_events, read_findings, require_something
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.ports import Clock

Tell = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Show a line to the person at the terminal."""
    sys.stderr.write(f"{line}\n")


class Inputs:
    """The files of one command.

    Attributes:
        counters: what was read so far, over all files.

    Raises:
        UsageError: a file cannot be opened.
    """

    def __init__(self, paths: Sequence[Path], clock: Clock, tell: Tell = to_stderr) -> None:
        self.counters = Counters()
        self._paths, self._tell = paths, tell
        self._context = Context(received=clock.now(), counters=self.counters)
        check_inputs(paths)

    def events(self) -> Iterator[Batch[Event]]:
        """All events.

        Raises:
            NothingReadableError: at the end, if a file held no usable record.
        """
        yield from read_events(self._paths, self._context, self._refused)
        require_something(self.counters)

    def findings(self) -> Iterator[Batch[Finding]]:
        """All findings; raises as :meth:`events`."""
        yield from read_findings(self._paths, self._context, self._refused)
        require_something(self.counters)

    def either_of(self, path: Path, after_line: int) -> Iterator[Batch[Event | Finding]]:
        """Events and findings of one file, from after a line that was read before."""
        yield from read_either([path], self._context, self._refused, after=(0, after_line))

    def finish(self) -> None:
        """Fail if a file held no usable record.

        Raises:
            NothingReadableError: so it is.
        """
        require_something(self.counters)

    def _refused(self, rejection: Rejection) -> None:
        self._tell(str(rejection))
