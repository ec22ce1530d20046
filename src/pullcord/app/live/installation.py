"""Pullcord running on one state folder: every room wired, started in order, stopped in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullcord.app.cases import cases
from pullcord.app.clock import SystemClock, boot_id
from pullcord.app.inventory import empty_inventory, read_inventory
from pullcord.app.judging import Judging
from pullcord.app.live.forward import Forwarder
from pullcord.app.live.forward_senders import destinations
from pullcord.app.live.pipeline import Habits, Pipeline
from pullcord.app.live.sources import Sources, StatePositions
from pullcord.app.live.suppressing import LiveSieve
from pullcord.app.live.triage import Tellers
from pullcord.app.live.trouble import told
from pullcord.app.people.access import Access, first_token, withdraw_first_token
from pullcord.app.people.desk import Desk
from pullcord.app.people.services import Services
from pullcord.app.settings import Settings, secret
from pullcord.model.errors import UsageError
from pullcord.model.incident import Incident
from pullcord.model.inventory import Inventory, Mode
from pullcord.model.times import HOUR
from pullcord.ports import Clock, Transaction
from pullcord.response.case import Case, Judges
from pullcord.response.clock_guard import ClockGuard
from pullcord.response.dbos_engine import DbosEngine
from pullcord.response.engine import Steps
from pullcord.response.errors import UnknownIncidentError
from pullcord.response.expiry import sweep
from pullcord.response.leases import EVERY_SECONDS, Leases, new_executor
from pullcord.response.live_means import LiveResponders, Rooms, Wanted, live_means
from pullcord.response.live_policy import Caps, LivePolicy, for_people, with_modes
from pullcord.response.stops import Stops
from pullcord.response.workflow import run_live
from pullcord.store.durable import write_file
from pullcord.store.folder import open_folder

Log = Callable[[str], None]
_SETTLE_SECONDS = 5.0
_CLOCK = "clock"


@dataclass(frozen=True)
class Running:
    """A started Pullcord.

    Attributes:
        services: for the server.
        first_token: shown once, at the very first start; None later.
        raised: AI systems that people have taken out of observe.
    """

    services: Services
    first_token: str | None
    raised: tuple[str, ...] = ()


class Live:
    """One installation.

    Args:
        folder: the state folder; this process becomes its owner.
        settings: of the installation.
        log: one line for every trouble in the background.

    Raises:
        UsageError: the settings or the inventory are wrong.
        StateLockedError: another process owns the folder.
    """

    def __init__(self, folder: Path, settings: Settings, log: Log, clock: Clock | None = None) -> None:
        self._settings, self._log = settings, log
        self._clock: Clock = clock or SystemClock()
        self._inventory = _inventory(settings)
        self._store = open_folder(folder)
        try:
            self._wire(folder)
        except BaseException:
            self._store.close()
            raise

    def _wire(self, folder: Path) -> None:
        settings = self._settings
        self._ending = threading.Event()
        self._stops = Stops(folder / "stop")
        self._guard = self._make_guard()
        self._policy = self._make_policy()
        self._responders = self._make_responders()
        self._executor = new_executor()
        self._leases = Leases(self._store.state, self._clock, self._executor)
        self._means = live_means(self._judges(), self._rooms())
        self._engine = DbosEngine(self._store.state.workflow_engine, self._executor, self._run)
        tellers = Tellers(on_new=self._on_new, on_growth=self._on_growth)
        self._sieve, self._forwarder = self._make_outlets()
        habits = Habits(
            quiet_seconds=settings.response.quiet_seconds,
            mark=self._sieve.mark,
            on_findings=self._forwarder.wake,
            rules=settings.place(settings.rules) if settings.rules else None,
        )
        self._pipeline = Pipeline(self._store, Judging(self._inventory), self._clock, tellers, habits)
        positions = StatePositions(self._store.state)
        self._sources = Sources(settings, self._pipeline.take, self._clock, positions, self._log)
        self._desk: Desk | None = None
        self._upkeep = threading.Thread(target=self._keep_up, name="pullcord-upkeep", daemon=True)

    def start(self) -> Running:
        """Take up what an earlier process left, and begin."""
        # First, because a wrong secret must not cost the one look at the first token.
        Access(self._settings)
        digest, token = first_token(self._store.state)
        access = Access(self._settings, digest)
        self._leases.renew()
        # The folder has one owner at a time, so whoever had work here is gone.
        self._leases.end_others()
        self._engine.launch()
        # Before anything is found: it notes where a new destination begins.
        self._forwarder.start()
        # Before work is taken up again: it waits for what the lake does not have yet.
        self._pipeline.start()
        self._leases.reap(self._engine)
        self._upkeep.start()
        self._sources.start()
        self._desk = desk = Desk(
            self._store,
            self._inventory,
            self._stops,
            self._guard,
            self._clock,
            self._settings.response,
            self._engine.wake,
            self._settings.site,
        )
        services = Services(
            access=access, intake=self._pipeline, desk=desk, health=self.health, now=self._clock.now
        )
        with self._store.state.transaction() as tx:
            raised = [name for name, change in tx.modes().items() if change.mode is not Mode.OBSERVE]
        return Running(services, token, tuple(raised))

    def health(self) -> dict[str, object]:
        """How it stands: ``ok``, ``stopped``, ``stuck`` or ``degraded`` (it does not see everything), and counters."""
        stop = self._stops.active(self._settings.site)
        stuck = self._engine.stuck()
        pipeline = self._pipeline.health()
        # A session too long to be judged is a blind spot that somebody may have made on purpose.
        blind = pipeline["watch"]["too_long"] or pipeline["watch"]["left_out"] or self._sources.down()
        status = "stopped" if stop else ("stuck" if stuck else ("degraded" if blind else "ok"))
        listeners = self._sources.health()
        return {
            "status": status,
            "stuck": stuck,
            "site": self._settings.site,
            **pipeline,
            **self._forwarder.health(),
            "suppressions": self._sieve.health(),
            "listeners": listeners,
        }

    def withdraw_first_token(self) -> None:
        """The first token was never shown: the next start makes another one."""
        withdraw_first_token(self._store.state)

    def close(self) -> None:
        """Take no more, keep what was taken, and let the next process go on from there."""
        self._ending.set()
        if self._upkeep.is_alive():
            self._upkeep.join()
        self._sources.close()
        self._pipeline.close()
        self._forwarder.close()
        if self._desk is not None:
            self._desk.close_reading()
        self._engine.close()
        self._leases.end()
        self._store.close()

    async def _run(self, incident_id: str, steps: Steps) -> None:
        await run_live(incident_id, steps, self._store.state, self._means, self._load)

    def _load(self, incident_id: str) -> Case:
        """The case as it is now; what was acknowledged is waited for, so that evidence is whole."""
        self._pipeline.lake.settle(_SETTLE_SECONDS)
        with self._store.state.transaction() as tx:
            incident = tx.incident(incident_id)
        if incident is None:
            raise UnknownIncidentError(f"no incident {incident_id}", "restore the state from a backup")
        return next(cases([incident], self._store))

    def _on_new(self, tx: Transaction, incident: Incident) -> None:
        self._engine.enqueue(tx, incident.id)

    def _on_growth(self, tx: Transaction, incident: Incident) -> None:
        # After the commit: whoever is woken must see what woke it.
        del tx
        threading.Timer(0.2, self._wake, [incident.id]).start()

    def _wake(self, incident_id: str) -> None:
        if not self._ending.is_set():
            self._engine.wake(incident_id)

    def _keep_up(self) -> None:
        """Every few seconds: the lease, the clocks, work of dead processes, containments whose time is up."""
        while not self._ending.wait(EVERY_SECONDS):
            for work in (self._leases.renew, self._guard.look, self._reap, self._sweep):
                try:
                    work()
                except Exception as error:  # noqa: BLE001  (upkeep must go on; what went wrong is told)
                    self._log(f"upkeep: {told(error)}")

    def _reap(self) -> None:
        self._leases.reap(self._engine)

    def _sweep(self) -> None:
        work = sweep(
            self._store.state,
            self._clock,
            self._means.journal,
            self._responders.covering,
            self._policy.held,
        )
        _finish(work)

    def _judges(self) -> Judges:
        """The rooms over the inventory with the modes of the moment."""
        shipped = Judging(self._inventory).judges()
        return Judges(
            contain=lambda *given: for_people(self._judging().contain(*given)),
            investigate=shipped.investigate,
            recover=lambda *given: for_people(self._judging().recover(*given)),
        )

    def _judging(self) -> Judging:
        with self._store.state.transaction() as tx:
            modes = tx.modes()
        return Judging(with_modes(self._inventory, modes))

    def _make_outlets(self) -> tuple[LiveSieve, Forwarder]:
        """What holds findings back, and what passes them on."""
        settings = self._settings
        place = settings.place(settings.suppressions) if settings.suppressions else None
        wanted = destinations(settings.forward, settings.folder, lambda one: secret(one, settings.folder))
        return LiveSieve(place, self._clock), Forwarder(self._store.state, wanted)

    def _make_guard(self) -> ClockGuard:
        # A file and not a row: the clocks are looked at in the middle of transactions too.
        path = self._store.path / _CLOCK
        try:
            last = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            last = None
        return ClockGuard(
            self._clock, self._stops, boot_id(), last, lambda look: write_file(path, look.encode())
        )

    def _make_policy(self) -> LivePolicy:
        limits = self._settings.response
        caps = Caps(
            approval=int(limits.approval_hours * HOUR),
            actions_per_hour=limits.actions_per_hour,
            share_percent=limits.share_percent,
        )
        site = self._settings.site
        return LivePolicy(self._inventory, self._clock, caps, self._stops, site, self._guard.look)

    def _make_responders(self) -> LiveResponders:
        settings = self._settings
        wanted = [Wanted(one.kind, one.target, one.settings) for one in settings.responders]
        made = LiveResponders(
            wanted,
            settings.folder,
            self._clock,
            lambda reference: secret(reference, settings.folder),
            self._guard.disagreement,
        )
        if settings.ot is not None:
            made.with_ot(settings.place(settings.ot.socket), self._inventory.ai_systems)
        return made

    def _rooms(self) -> Rooms:
        return Rooms(
            state=self._store.state,
            vault=self._store.vault,
            clock=self._clock,
            executor=self._executor,
            responders=self._responders,
            policy=self._policy,
            expiry=int(self._settings.response.expiry_hours * HOUR),
        )


def _finish(work: Coroutine[Any, Any, object]) -> None:
    asyncio.run(work)


def _inventory(settings: Settings) -> Inventory:
    """The inventory of the settings, which must know the site of the settings: stops are set by its name."""
    if settings.inventory is None:
        return empty_inventory()
    found = read_inventory(settings.place(settings.inventory))
    names = [site.name for site in found.sites]
    if settings.site and settings.site not in names:
        raise UsageError(
            f"site {settings.site!r} of the settings is not in the inventory",
            f"name one of: {', '.join(names) or 'none is there'}",
        )
    return found
