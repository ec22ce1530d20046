"""The clock guard: whoever can set the clock must not be able to age, or rejuvenate, approvals and expiries."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from pullcord.model.noun import Noun
from pullcord.model.times import MINUTE, SECOND, to_rfc3339
from pullcord.ports import Clock
from pullcord.response.stops import Stop, StopKind, Stops

TOLERANCE = MINUTE
"""Nanoseconds by which the wall clock may jump, or differ from the OT writer's."""

# Steps below the tolerance add up to one while the same look is compared with; slow corrections by NTP do not reach it.
_KEEP = 10 * MINUTE
_SAVE_EVERY = 5 * SECOND


class Look(Noun, frozen=True, kw_only=True):
    """Both clocks at one moment, in nanoseconds; ``boot`` says which start of the machine ``elapsed`` belongs to."""

    boot: str
    elapsed: int
    wall: int


class ClockGuard:
    """Compares wall time with a clock that nobody can set; a step of more than a minute freezes Pullcord.

    Frozen is a stop of its own kind in ``stops``: it survives a restart, and two people clear it.

    Args:
        clock: both clocks.
        stops: where a freeze is recorded.
        boot: id of this start of the machine (:func:`pullcord.app.clock.boot_id`).
        last: what ``save`` was last given, by whichever process; None at the very first start.
        save: keeps a look durably; called every five seconds at most. If it raises, :meth:`look` does.
    """

    def __init__(
        self, clock: Clock, stops: Stops, boot: str, last: str | None, save: Callable[[str], None]
    ) -> None:
        self._clock = clock
        self._stops = stops
        self._boot = boot
        self._save = save
        self._lock = threading.Lock()
        self._saved: int | None = None
        self._base = self._now()
        if last is not None and (why := _since_last(last, self._base)):
            self._freeze(why)

    def look(self) -> Stop | None:
        """Compare now; the freeze that this look led to, or None. Cheap: call it every second and before acting."""
        with self._lock:
            seen = self._now()
            step = (seen.wall - self._base.wall) - (seen.elapsed - self._base.elapsed)
            stepped = abs(step) > TOLERANCE
            if stepped or seen.elapsed - self._base.elapsed > _KEEP:
                self._base = seen
            stop = self._freeze(_stepped(step, seen.wall)) if stepped else None
            if self._saved is None or seen.elapsed - self._saved >= _SAVE_EVERY:
                self._saved = seen.elapsed
                self._save(msgspec.json.encode(seen).decode())
            return stop

    def disagreement(self, nanoseconds: int) -> Stop | None:
        """Take down how far the clock of the OT writer is from ours; the freeze that it led to, or None."""
        if abs(nanoseconds) <= TOLERANCE:
            return None
        with self._lock:
            return self._freeze(
                f"the clock of the OT writer differs by {abs(nanoseconds) // SECOND} s from ours"
            )

    def _now(self) -> Look:
        return Look(boot=self._boot, elapsed=self._clock.elapsed(), wall=self._clock.now())

    def _freeze(self, why: str) -> Stop:
        """Record it, unless a freeze that nobody has begun to clear says so already."""
        for one in self._stops.all():
            if one.kind is StopKind.CLOCK and not one.resumed_by:
                return one
        return self._stops.stop("the clock guard", why, self._clock.now(), kind=StopKind.CLOCK)


def _since_last(last: str, now: Look) -> str:
    """Why the clock is not to be trusted after a start; empty if it is."""
    try:
        before = msgspec.json.decode(last, type=Look)
    except ValueError:
        return "what was kept of the clock before this start cannot be read"
    if before.boot == now.boot and now.boot and now.elapsed >= before.elapsed:
        step = (now.wall - before.wall) - (now.elapsed - before.elapsed)
        return _stepped(step, now.wall) if abs(step) > TOLERANCE else ""
    # Another start of the machine: how long it was off nobody knows, but time does not run back.
    if before.wall - now.wall > TOLERANCE:
        return _stepped(now.wall - before.wall, now.wall)
    return ""


def _stepped(step: int, wall: int) -> str:
    way = "forward" if step > 0 else "back"
    try:
        now = to_rfc3339(wall)
    except ValueError:
        now = "a time outside any calendar"
    return f"the clock was set {way} by {abs(step) // SECOND} s, to {now}"
