"""A bounded queue between those who receive and the one who hands on, in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

_GROUP = 512
"""Items that are handed on together at most."""
_LAST_SECONDS = 2.0
"""How long what waits may take to be handed on when all ends."""


class Funnel(Generic[T]):
    """Holds up to ``items`` items of together up to ``size`` bytes. For one event loop.

    One item always finds room in an empty funnel, however large it is.
    """

    def __init__(self, items: int = 8_192, size: int = 16 << 20) -> None:
        self._most_items, self._most_size = items, size
        self._held: deque[tuple[T, int]] = deque()
        self._size = 0
        self._filled, self._emptied = asyncio.Event(), asyncio.Event()

    def __len__(self) -> int:
        return len(self._held)

    def offer(self, item: T, size: int) -> bool:
        """Put an item in, or say that there is no room."""
        if self._held and (len(self._held) >= self._most_items or self._size + size > self._most_size):
            return False
        self._held.append((item, size))
        self._size += size
        self._filled.set()
        return True

    async def push(self, item: T, size: int) -> None:
        """Put an item in as soon as there is room."""
        while not self.offer(item, size):
            self._emptied.clear()
            await self._emptied.wait()

    async def empty_into(self, hand_on: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        """Hand on batches until cancelled; then what is left, if that is quick.

        A batch stays in the funnel until it was handed on, so that cancelling loses nothing on the way.
        """
        try:
            while True:
                await self._filled.wait()
                await self._hand_on(hand_on)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(_LAST_SECONDS):
                    while self._held:
                        await self._hand_on(hand_on)
            except TimeoutError:
                pass
            raise

    async def _hand_on(self, hand_on: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        group = [self._held[at] for at in range(min(len(self._held), _GROUP))]
        await hand_on([item for item, _ in group])
        for _, size in group:
            self._held.popleft()
            self._size -= size
        if not self._held:
            self._filled.clear()
        self._emptied.set()
