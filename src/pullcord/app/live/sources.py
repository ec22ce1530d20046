"""Runs the configured listeners: one event loop in a thread of its own; what fails is started again, and shown."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pullcord.app.live.handover import Handover, Keep
from pullcord.app.live.listeners import Maker
from pullcord.app.live.trouble import told
from pullcord.app.settings import Settings, secret
from pullcord.intake.listening import Listener, Tally
from pullcord.intake.positions import Positions
from pullcord.ports import Clock, State

_log = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_CLOSE_SECONDS = 10.0


class StatePositions:
    """Positions of listeners in the state (implements :class:`pullcord.intake.positions.Positions`)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def load(self, name: str) -> str | None:
        """What was kept last."""
        with self._state.transaction() as tx:
            return tx.meta(f"listener:{name}")

    def save(self, name: str, value: str) -> None:
        """Keep this; durable when it returns."""
        with self._state.transaction() as tx:
            tx.set_meta(f"listener:{name}", value)


@dataclass
class _Kept:
    """A listener and how it fares."""

    listener: Listener
    tally: Tally = field(default_factory=lambda: Tally(("running", "restarts")))


class Sources:
    """All listeners of an installation.

    Args:
        settings: their tables, and the folder that paths and secrets start from.
        take: the pipeline's.
        log: one line for each failure.

    Raises:
        UsageError: a listener cannot be made: a certificate, a secret, a package is missing.
    """

    def __init__(
        self,
        settings: Settings,
        take: Keep,
        clock: Clock,
        positions: Positions,
        log: Callable[[str], None] = _log.warning,
    ) -> None:
        maker = Maker(settings.folder, lambda one: secret(one, settings.folder), clock, positions)
        self._kept = [_Kept(maker.make(one)) for one in settings.listeners]
        self._take, self._log = Handover(take, log), log
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._work, name="pullcord-sources", daemon=True)

    def start(self) -> None:
        """Begin to listen. An address that is taken is no error here: it is tried again, logged and shown."""
        if self._kept:
            self._thread.start()
            self._begun.wait()

    def health(self) -> dict[str, dict[str, int]]:
        """For each listener its counters, ``running`` (0 or 1) and ``restarts``; in all, what could not be kept."""
        found = {one.listener.name: {**one.listener.health(), **one.tally.health()} for one in self._kept}
        return {**found, "in_all": {"refused": self._take.refused}} if found else {}

    def down(self) -> list[str]:
        """Names of listeners that do not run right now."""
        return [one.listener.name for one in self._kept if not one.tally["running"]]

    def close(self) -> None:
        """Stop listening; what was received is handed on if that is quick. To be called before the intake closes."""
        if self._loop is None or self._main is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except asyncio.CancelledError:
            pass
        finally:
            self._begun.set()

    async def _run(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        async with asyncio.TaskGroup() as group:
            for one in self._kept:
                group.create_task(self._keep_up(one))
            self._begun.set()

    async def _keep_up(self, one: _Kept) -> None:
        wait = _FIRST_WAIT
        while True:
            begun = asyncio.get_running_loop().time()
            one.tally.set("running", 1)
            try:
                await one.listener.run(self._take)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  (whatever it is, the others go on, and it is told)
                self._log(f"listener {one.listener.name}: {told(_innermost(error))}")
            finally:
                one.tally.set("running", 0)
            one.tally.add("restarts")
            if asyncio.get_running_loop().time() - begun > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)


def _innermost(error: BaseException) -> BaseException:
    """Of an error that a group of tasks wrapped: the first of its own."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
