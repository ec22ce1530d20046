"""A live pipeline as a process to be killed: ``python -m tests.chaos.ingest_process FOLDER``.

Each line on standard input is the number of a batch; the number comes back on standard output when the batch is
acknowledged. At the end of the input it stops in order.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import msgspec

from pullcord.app.live.pipeline import Habits
from pullcord.model.event import Event
from pullcord.model.times import MINUTE, SECOND
from tests.app.pipelines import START, attack, refused, running

SIZE = 50
PARTS = 4
_QUIET = refused("none", attributes={"ot.operation": "read", "ot.principal.kind": "ai", "ot.tag": "x"})


def batch(number: int) -> list[Event]:
    """The events of a batch: one that a rule speaks of, a quarter of a session, and many that say nothing."""
    time = START + number * SECOND
    plain = [
        msgspec.structs.replace(_QUIET, id=f"plain-{number}-{place}", time=time) for place in range(SIZE)
    ]
    session, part = divmod(number, PARTS)
    events = attack(f"attack-{session}", "desk-helper", START + session * MINUTE)
    return [refused(f"refused-{number}", time=time), *plain, *events[part::PARTS]]


async def _serve(folder: Path) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    with running(folder, habits=Habits(quiet_seconds=0.3)) as (_, pipeline):

        async def take(number: int) -> None:
            await pipeline.take(batch(number))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

        async with asyncio.TaskGroup() as tasks:
            while line := await reader.readline():
                tasks.create_task(take(int(line)))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_serve(Path(sys.argv[1])))
