"""Reads mail from a Maildir or an mbox file, without changing it.

What was read before comes to nothing: a report's id goes by what it says. So after a restart the mails of the last
minutes may be looked at again, and none is missed.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pullcord.intake.context import Counters
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.listening import ListenerError, Origin, Take, Tally, deliver
from pullcord.intake.mail import LONGEST, mail_signal
from pullcord.intake.mbox import Mbox, Spot
from pullcord.intake.positions import Positions, load, save
from pullcord.model.noun import Noun
from pullcord.model.times import MINUTE

_COUNTED = ("received", "events", "findings", "rejected", "busy", "left_out")
_MOST_FILES = 20_000
_OVERLAP = 10 * MINUTE
"""Mails are delivered to a Maildir in the order of their times only by and large."""
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Mark(Noun, frozen=True, kw_only=True):
    """How far a mailbox was read: a Maildir by time, an mbox by place."""

    time: int = 0
    spot: Spot = Spot()


@dataclass(frozen=True)
class MailboxPlace:
    """Which mailbox: a folder is a Maildir, a file an mbox."""

    path: Path
    seconds: float = 5.0


class MailboxWatch:
    """Looks at a mailbox every few seconds.

    Attributes:
        name: of the listener; its position is kept under it.
    """

    def __init__(
        self, origin: Origin, place: MailboxPlace, now: Callable[[], int], positions: Positions
    ) -> None:
        self.name = origin.name
        self._origin, self._place, self._now, self._positions = origin, place, now, positions
        self._tally, self._counters = Tally(_COUNTED), Counters()
        self._seen: set[str] = set()

    def health(self) -> dict[str, int]:
        """Counters since it was made."""
        return self._tally.health()

    async def run(self, take: Take) -> None:
        """Look until cancelled.

        Raises:
            ListenerError: there is no such mailbox.
            PullcordError: positions cannot be kept.
        """
        mark = load(self._positions, self.name, Mark) or Mark()
        while True:
            look = self._maildir if await asyncio.to_thread(self._place.path.is_dir) else self._mbox
            mails, new = await asyncio.to_thread(look, mark)
            for raw in mails:
                await self._hand_on(raw, take)
            if new != mark:
                mark = new
                await asyncio.to_thread(save, self._positions, self.name, mark)
            if not mails:
                await asyncio.sleep(self._place.seconds)

    async def _hand_on(self, raw: bytes, take: Take) -> None:
        self._tally.add("received")
        ctx = self._origin.context(self._now(), self._counters)
        try:
            event, finding = await asyncio.to_thread(mail_signal, raw, ctx)
        except UnreadableRecordError:
            self._tally.add("rejected")
            return
        await deliver(take, [self._origin.marked(event)], [finding], self._tally)
        self._tally.add("findings")

    def _maildir(self, mark: Mark) -> tuple[list[bytes], Mark]:
        """Mails in ``new`` and ``cur`` that were not read by this run and are not much older than the last."""
        found: list[tuple[int, str, Path]] = []
        names: set[str] = set()
        for part in ("new", "cur"):
            try:
                with os.scandir(self._place.path / part) as entries:
                    for entry in islice(entries, _MOST_FILES):
                        # Moved from `new` to `cur`, a mail keeps what stands before the colon.
                        name = entry.name.partition(":")[0]
                        names.add(name)
                        time = entry.stat(follow_symlinks=False).st_mtime_ns
                        if name not in self._seen and time >= mark.time - _OVERLAP:
                            found.append((time, name, Path(entry.path)))
                    self._tally.add("left_out", next(entries, None) is not None)
            except FileNotFoundError as error:
                raise ListenerError(
                    f"{self._place.path}: no Maildir (it has no {part})", "correct `path`"
                ) from error
        self._seen &= names
        mails: list[bytes] = []
        latest = mark.time
        for time, name, path in sorted(found)[:100]:
            raw = _content(path)
            self._seen.add(name)
            latest = max(latest, time)
            if raw is not None:
                mails.append(raw)
        return mails, Mark(time=latest)

    def _mbox(self, mark: Mark) -> tuple[list[bytes], Mark]:
        try:
            mails, spot = Mbox(self._place.path).read(mark.spot, self._now())
        except OSError as error:
            raise ListenerError(
                f"{self._place.path}: cannot be read ({error.strerror})", "correct `path`, or the rights"
            ) from error
        return mails, Mark(spot=spot)


def _content(path: Path) -> bytes | None:
    """A mail, up to a byte more than is read of one; None if it is gone or no plain file."""
    try:
        file = os.open(path, _FLAGS)
    except OSError:
        return None
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            return None
        return opened.read(LONGEST + 1)
