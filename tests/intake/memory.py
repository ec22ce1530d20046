"""Positions and a clock in memory."""

from __future__ import annotations

from tests.intake.listeners import NOW


class Memory:
    """Positions that survive nothing but what a test makes of them."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.saves = 0

    def load(self, name: str) -> str | None:
        return self.kept.get(name)

    def save(self, name: str, value: str) -> None:
        self.saves += 1
        self.kept[name] = value


class Ticking:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.moved = 0

    def now(self) -> int:
        return NOW + self.moved

    def elapsed(self) -> int:
        return self.moved
