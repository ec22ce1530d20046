"""Progress on stderr: a bar where a person looks on, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class Progress(Protocol):
    """What a use case reports its progress to."""

    def stage(self, title: str, total: int | None) -> None:
        """A new stage begins; ``total`` units, None if unknown."""
        ...

    def step(self, done: int) -> None:
        """So many more units of the stage are done."""
        ...


class Silent:
    """No progress."""

    def stage(self, title: str, total: int | None) -> None:
        """Nothing."""

    def step(self, done: int) -> None:
        """Nothing."""


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr if it is a terminal, else silence."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield _Bars(bars)


class _Bars:
    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars

    def stage(self, title: str, total: int | None) -> None:
        self._bars.add_task(title, total=total)

    def step(self, done: int) -> None:
        if self._bars.task_ids:
            self._bars.advance(self._bars.task_ids[-1], done)
