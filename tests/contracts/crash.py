"""Carries out one action and dies right after the system was changed, before there is a receipt.

``python -m tests.contracts.crash FOLDER`` with ``{kind, settings, action, prestate, looks}`` on stdin; the
receipt reads the clock first thing, so a clock that ends the process stands exactly between the two.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from pullcord.model.plan import Action
from tests.contracts.rigs import made

KILLED = 9


class Order(msgspec.Struct):
    """What to do, and how many looks at the clock come before the last."""

    kind: str
    settings: dict[str, str]
    action: Action
    prestate: str
    looks: int


class Deadly:
    """A clock that ends the process when it is read once too often."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def now(self) -> int:
        if self.looks == 0:
            os._exit(KILLED)
        self.looks -= 1
        return 1

    def elapsed(self) -> int:
        return 1


def main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    responder = made(order.kind, order.settings, Path(sys.argv[1]), Deadly(order.looks))
    asyncio.run(responder.execute(order.action, "key", order.prestate))


if __name__ == "__main__":
    main()
