"""Follows log files through rotation (renamed, or copied and truncated) and restarts; nothing is lost or doubled.

How far each file was read is kept after its lines became durable. What was handed on but not noted before a crash
comes again with the same ids, and is known then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from pullcord.intake.context import Counters
from pullcord.intake.file_set import COUNTED, FileSet
from pullcord.intake.followed import Followed, Place
from pullcord.intake.line_events import read_lines
from pullcord.intake.listening import Origin, Take, Tally, deliver
from pullcord.intake.positions import Positions, load, save
from pullcord.ports import Clock

_COUNTED = ("lines", "events", "findings", "rejected", "too_long", "busy", *COUNTED)


@dataclass(frozen=True)
class TailPlace:
    """What to follow.

    Attributes:
        patterns: absolute file names, or patterns of :mod:`glob` without ``**``.
        from_start: read files that are there at the very first start from their beginning.
        seconds: between two looks.
        zone: of times that name none.
    """

    patterns: tuple[str, ...]
    from_start: bool = True
    seconds: float = 0.5
    zone: tzinfo = UTC


class Tail:
    """Follows files.

    Attributes:
        name: of the listener; its positions are kept under it.
    """

    def __init__(self, origin: Origin, place: TailPlace, clock: Clock, positions: Positions) -> None:
        self.name = origin.name
        self._origin, self._place, self._positions = origin, place, positions
        self._now: Callable[[], int] = clock.now
        self._elapsed: Callable[[], int] = clock.elapsed
        self._tally, self._counters = Tally(_COUNTED), Counters()

    def health(self) -> dict[str, int]:
        """Counters since it was made; ``files``, ``left_out`` and ``unreadable`` are of now."""
        return self._tally.health()

    async def run(self, take: Take) -> None:
        """Follow until cancelled.

        Raises:
            PullcordError: positions cannot be kept.
        """
        files = FileSet(
            self._place.patterns,
            from_start=self._place.from_start,
            elapsed=self._elapsed,
            tally=self._tally,
        )
        try:
            await asyncio.to_thread(files.begin, load(self._positions, self.name, list[Place]))
            await self._keep(files)
            while True:
                # Lives are known before anything of them is read: a crash must not give them other names.
                if await asyncio.to_thread(files.look):
                    await self._keep(files)
                read = False
                for file in files:
                    read |= await self._advance(files, file, take)
                if not read:
                    await asyncio.sleep(self._place.seconds)
        finally:
            files.close()

    async def _advance(self, files: FileSet, file: Followed, take: Take) -> bool:
        """Hand on the next lines of a file; whether there were any."""
        ended, before = files.ended(file), file.too_long
        lines, place = await asyncio.to_thread(file.read, ended=ended)
        self._tally.add("too_long", file.too_long - before)
        if place == file.place:
            if ended:
                files.let_go(file)
                await self._keep(files)
            return False
        ctx = self._origin.context(self._now(), self._counters)
        read = read_lines(lines, ctx, self._place.zone)
        if read.events or read.findings:
            await deliver(take, [self._origin.marked(one) for one in read.events], read.findings, self._tally)
        self._tally.add("lines", len(lines))
        self._tally.add("findings", len(read.findings))
        self._tally.add("rejected", read.rejected)
        file.place = place
        if not ended:
            files.touched(file)
        await self._keep(files)
        return True

    async def _keep(self, files: FileSet) -> None:
        await asyncio.to_thread(save, self._positions, self.name, files.places())
