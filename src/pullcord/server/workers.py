"""Threads of the server: decoding and decisions never hold up the event loop, nor each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_DECODERS, _CALLS = 2, 8


class Workers:
    """Two pools; what waits for them is bounded by the gate."""

    def __init__(self) -> None:
        self._decoders = ThreadPoolExecutor(_DECODERS, thread_name_prefix="pullcord-decode")
        self._calls = ThreadPoolExecutor(_CALLS, thread_name_prefix="pullcord-desk")

    async def decode(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that takes a processor."""
        return await _run(self._decoders, lambda: work(*args, **kwargs))

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that waits."""
        return await _run(self._calls, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Finish what runs; more than once does no harm."""
        self._decoders.shutdown(cancel_futures=True)
        self._calls.shutdown(cancel_futures=True)


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
