from __future__ import annotations

import asyncio
import threading

import pytest

from pullcord.server.workers import Workers


def test_work_runs_beside_the_loop_and_calls_do_not_wait_for_decoding() -> None:
    go = threading.Event()

    async def main() -> tuple[int, list[bool]]:
        workers = Workers()
        stuck = [asyncio.create_task(workers.decode(go.wait, 10)) for _ in range(3)]
        answer = await asyncio.wait_for(workers.call(lambda first, second: first + second, 3, second=4), 5)
        go.set()
        held = [await one for one in stuck]
        workers.close()
        workers.close()
        return answer, held

    assert asyncio.run(main()) == (7, [True, True, True])


def test_an_error_reaches_whoever_asked() -> None:
    async def main() -> None:
        workers = Workers()
        try:
            await workers.decode(int, "x")
        finally:
            workers.close()

    with pytest.raises(ValueError, match="invalid literal"):
        asyncio.run(main())
