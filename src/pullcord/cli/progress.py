"""Progress on stderr: a bar where a person looks on, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pullcord.app.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr if it is a terminal, else silence."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    text = TextColumn("{task.description:<28}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield _Drawn(bars)


class _Drawn:
    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars

    def stage(self, title: str, total: int | None) -> None:
        for task in self._bars.tasks:
            self._bars.update(task.id, total=task.completed)
        self._bars.add_task(title, total=total)

    def step(self, done: int) -> None:
        if self._bars.task_ids:
            self._bars.advance(self._bars.task_ids[-1], done)
