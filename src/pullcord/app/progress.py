"""What a use case reports its progress to."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A receiver of progress; the command line draws it, a server may log it."""

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
