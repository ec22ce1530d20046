from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pullcord.intake.funnel import Funnel
from tests.intake.listeners import until


def test_it_is_bounded_by_number_and_by_size() -> None:
    async def scene() -> None:
        few: Funnel[int] = Funnel(items=2, size=100)
        assert [few.offer(1, 10), few.offer(2, 10), few.offer(3, 10)] == [True, True, False]
        small: Funnel[int] = Funnel(items=100, size=10)
        assert [small.offer(1, 50), small.offer(2, 1)] == [True, False]
        assert len(small) == 1

    asyncio.run(scene())


def test_who_pushes_waits_for_room_and_the_order_stays() -> None:
    taken: list[int] = []

    async def hand_on(group: Sequence[int]) -> None:
        await asyncio.sleep(0.001)
        taken.extend(group)

    async def scene() -> None:
        funnel: Funnel[int] = Funnel(items=3)
        task = asyncio.create_task(funnel.empty_into(hand_on))
        for number in range(50):
            await funnel.push(number, 1)
        await until(lambda: len(taken) == 50)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scene())
    assert taken == list(range(50))


def test_cancelled_in_the_middle_nothing_is_lost() -> None:
    taken: list[int] = []
    waits = [30.0, 0.0, 0.0]

    async def hand_on(group: Sequence[int]) -> None:
        await asyncio.sleep(waits.pop(0))
        taken.extend(group)

    async def scene() -> None:
        funnel: Funnel[int] = Funnel()
        for number in range(600):
            funnel.offer(number, 1)
        task = asyncio.create_task(funnel.empty_into(hand_on))
        await asyncio.sleep(0.05)
        task.cancel()
        assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)

    asyncio.run(scene())
    assert taken == list(range(600))
