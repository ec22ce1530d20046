"""The desk: what people ask of a running Pullcord, and what they decide. HTTP, console and commands all end here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from pullcord.analysis.plant import Plant
from pullcord.app.people.desk_tasks import (
    CLOSE,
    RELEASES,
    closing_task,
    is_closed,
    known_incident,
    known_task,
    nothing_unknown,
    take_answer,
)
from pullcord.app.people.desk_views import (
    Kept,
    Moment,
    intent_out,
    kept_plans,
    mode_waiting,
    needs_out,
    open_plans,
    out,
    plan_out,
    plan_waiting,
    stop_waiting,
    system_out,
    task_waiting,
)
from pullcord.app.people.services import NotKnownError
from pullcord.app.settings import ResponseSettings
from pullcord.model.approval import Approval, Decision
from pullcord.model.errors import PullcordError, UsageError
from pullcord.model.inventory import AiSystem, Inventory, Mode
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApproverRole, Plan
from pullcord.model.task import TaskKind
from pullcord.model.times import HOUR
from pullcord.ports import Clock, Transaction
from pullcord.response import modes
from pullcord.response.approvals import granted, missing
from pullcord.response.clock_guard import ClockGuard
from pullcord.response.decisions import SHORTEST_HASH, Asked, check_decision, must_go_on, must_respond
from pullcord.response.people_errors import (
    IncidentClosedError,
    ModeUnchangedError,
    NotAllowedError,
)
from pullcord.response.stops import Stop, Stops
from pullcord.store.folder import Store
from pullcord.store.state import SqlState, open_state

_log = logging.getLogger(__name__)
_LONGEST_TEXT = 2_000
_MOST_PLANS_REMEMBERED = 10_000


@dataclass(frozen=True)
class Desk:
    """What people may see and do. Every method first checks who asks; all are synchronous and safe in threads.

    What changes something is one transaction, with a line in the audit log; then ``wake`` is called with the id of the
    incident. Results are JSON-ready, times RFC 3339.

    Attributes:
        wake: tells the workflow of an incident that people have decided something.
        site: the site of this installation; while it is empty, a stop of any site holds everything.

    Raises:
        PullcordError: from every method: one of ``response.people_errors``, ``UsageError`` for arguments that make no
            sense, or an error of the store.
    """

    store: Store
    inventory: Inventory
    stops: Stops
    guard: ClockGuard
    clock: Clock
    settings: ResponseSettings
    wake: Callable[[str], None]
    site: str = ""
    _where: dict[str, str] = field(default_factory=dict)

    def waiting(self, who: Principal) -> list[dict[str, Any]]:
        """What waits for people: plans, questions, mode changes, stops; ``yours`` says what waits for this person."""
        self._may_read(who)
        at = self._moment()
        found: list[dict[str, Any] | None] = [stop_waiting(stop, who) for stop in self.stops.all()]
        with self._reading.transaction() as tx:
            for incident in tx.incidents():
                found += [plan_waiting(kept, who, at) for kept in open_plans(tx, incident, at)]
            found += [task_waiting(task, who) for task in tx.tasks() if task.answer is None]
            found += [mode_waiting(change, who, at) for change in tx.modes(in_force=False).values()]
        return [one for one in found if one is not None]

    def incidents(self, who: Principal) -> list[dict[str, Any]]:
        """All incidents by first time, each with ``closed``."""
        self._may_read(who)
        with self._reading.transaction() as tx:
            return [out(one) | {"closed": is_closed(tx, one)} for one in tx.incidents()]

    def incident(self, who: Principal, incident_id: str) -> dict[str, Any]:
        """The document of an incident (``pullcord.incident/1``), with its questions and its journal."""
        from pullcord.app.document import build, outward
        from pullcord.app.judging import Judging

        self._may_read(who)
        with self._reading.transaction() as tx:
            incident = known_incident(tx, incident_id)
            document = build(tx, self.store.vault, incident, Judging(self.inventory, recorded=False).learn)
            whole: dict[str, Any] = outward(msgspec.to_builtins(document))
            return {
                "tasks": [out(task) for task in tx.tasks(incident.id)],
                "intents": [intent_out(intent) for intent in tx.intents(incident.id)],
            } | whole

    def plan(self, who: Principal, plan: str) -> dict[str, Any]:
        """A plan by its id or hash, with its decisions and who must still agree."""
        self._may_read(who)
        with self._reading.transaction() as tx:
            kept = self._find(tx, plan)
            return plan_out(kept, who, self._moment(), tx.findings(kept.incident.finding_ids))

    def decide(
        self,
        who: Principal,
        plan: str,
        seen_hash: str,
        decision: Decision,
        role: ApproverRole | None = None,
        comment: str = "",
    ) -> dict[str, Any]:
        """Approve or refuse a plan as it was seen; says whether it is granted now and who must still agree."""
        must_respond(who)
        _bounded(comment, "the comment")
        self.guard.look()
        with self._reading.transaction() as tx:
            incident_id = self._find(tx, plan).incident.id
        with self.store.state.transaction() as tx:
            kept = _one(kept_plans(tx, known_incident(tx, incident_id), self._moment()), plan)
            at = self._moment()
            stop = self._held([kept.plan])
            asked = Asked(kept.plan, kept.approvals, kept.current, kept.over, stop, at.longest, kept.halts)
            spoken = check_decision(asked, who, decision, role, seen_hash, at.now)
            given = Approval(
                plan_hash=kept.plan.hash,
                approver=who.name,
                role=spoken,
                decision=decision,
                time=at.now,
                comment=comment,
            )
            # Every decision is kept, also a second one after the first has expired or was taken back.
            tx.put_record(incident_id, f"{kept.plan.id}/{spoken.value}/{who.name}/{at.now}", given)
            detail = f"as {spoken.value}, hash {kept.plan.hash}: {comment}"
            tx.audit(who.name, f"{decision.value} {kept.plan.id}", detail, at.now)
        self._tell(incident_id)
        now_given = (*kept.approvals, given)
        return {
            "plan": kept.plan.id,
            "hash": kept.plan.hash,
            "incident_id": incident_id,
            "decision": decision.value,
            "role": spoken.value,
            "granted": granted(kept.plan, now_given, at.now, at.longest),
            "missing": needs_out(missing(kept.plan, now_given, at.now, at.longest)),
        }

    def systems(self, who: Principal) -> list[dict[str, Any]]:
        """The AI systems of the inventory, each with its mode, what mode is asked for, and what stops it."""
        self._may_read(who)
        at = self._moment()
        with self._reading.transaction() as tx:
            in_force, asked = tx.modes(), tx.modes(in_force=False)
        return [
            system_out(
                system,
                in_force.get(system.name),
                mode_waiting(asked[system.name], who, at) if system.name in asked else None,
                self._held_at(system.site),
            )
            for system in self.inventory.ai_systems
        ]

    def mode(self, who: Principal, system: str, mode: Mode) -> dict[str, Any]:
        """Lower the mode of an AI system at once; ask for a higher one, or agree to what somebody else asked for."""
        if Scope.ADMIN not in who.scopes:
            must_respond(who)
        found = self._system(system)
        self.guard.look()
        with self.store.state.transaction() as tx:
            at = self._moment()
            current = modes.effective(tx.modes().get(found.name))
            asked = tx.modes(in_force=False).get(found.name)
            if modes.lowers(current, mode):
                if mode is current and asked is None:
                    raise ModeUnchangedError(f"{found.name} is in {mode.value}", "there is nothing to change")
                change = modes.lower(found.name, mode, who, at.now)
            else:
                must_go_on(self._held_at(found.site))
                if asked is None or asked.mode is not mode or modes.expired(asked, at.now, at.longest):
                    change = modes.request(found.name, current, mode, who, at.now)
                else:
                    change = modes.agree(asked, who, at.now, at.longest)
            tx.put_mode(change)
            done = "in force" if change.time is not None else "asked for"
            tx.audit(who.name, f"mode {found.name}", f"{current.value} to {mode.value}: {done}", at.now)
            waiting = [one.id for one in tx.incidents() if change.time is not None and not is_closed(tx, one)]
        for incident_id in waiting:
            self._tell(incident_id)
        needs = () if change.time is not None else modes.open_needs(change, at.now, at.longest)
        return {
            "system": found.name,
            "mode": (mode if change.time is not None else current).value,
            "asked": mode.value if change.time is None else None,
            "missing": needs_out(needs),
        }

    def stop(self, who: Principal, reason: str, site: str = "") -> dict[str, Any]:
        """Stop all: no new action, no release. Works with the database down; then it is not audited.

        A stop of this installation's own site bears its name. A stop of any other site is made one of every site,
        and ``note`` says so: what is carried out here asks for this site only, and a stop must never come to nothing.
        """
        if Scope.ADMIN not in who.scopes:
            must_respond(who)
        if not reason.strip():
            raise UsageError("no reason given", "say in a few words why")
        _bounded(reason, "the reason")
        self._check_site(site)
        note = ""
        if self.site and site not in {"", self.site}:
            note = f"this Pullcord is that of {self.site!r}: asked to stop {site!r}, it stops every site"
            site = ""
        now = self.clock.now()
        stop = self.stops.stop(who.name, reason, now, site)
        told = out(stop) | {"note": note}
        try:
            with self.store.state.transaction() as tx:
                detail = f"{reason} ({note})" if note else reason
                tx.audit(who.name, f"stop {site or 'every site'}", detail, now)
        except PullcordError as error:
            return told | {"audited": False, "detail": str(error)}
        return told | {"audited": True}

    def resume(self, who: Principal, site: str = "") -> dict[str, Any]:
        """Say that a site (empty: what stops every site) may go on; the second person's word lifts the stop."""
        must_respond(who)
        with self.store.state.transaction() as tx:
            now = self.clock.now()
            word = self.stops.weigh(who.name, now, site)
            left = word.left
            done = "lifted" if left is None else "a second person is needed"
            tx.audit(who.name, f"resume {site or 'every site'}", done, now)
            going_on = [one.id for one in tx.incidents() if left is None and not is_closed(tx, one)]
        # Only after the commit: nobody resumes without a line in the audit log, and a failure in between stays stopped.
        self.stops.count(word)
        for incident_id in going_on:
            self._tell(incident_id)
        return {"lifted": left is None, "site": site, "stop": out(left) if left is not None else None}

    def close(self, who: Principal, incident_id: str, comment: str = "") -> dict[str, Any]:
        """Say that an incident may be closed; refused while it is not known what became of everything that was sent."""
        must_respond(who)
        _bounded(comment, "the comment")
        with self.store.state.transaction() as tx:
            incident = known_incident(tx, incident_id)
            tasks = tx.tasks(incident.id)
            if is_closed(tx, incident):
                raise IncidentClosedError(f"{incident.id} is closed", "there is nothing to do")
            nothing_unknown(tx, incident, tasks)
            now = self.clock.now()
            task, answer = closing_task(incident, tasks, now)
            done = take_answer(tx, task, answer, (who, comment), now)
        self._tell(incident.id)
        return out(done)

    def answer(
        self, who: Principal, incident_id: str, task_id: str, answer: str, comment: str = ""
    ) -> dict[str, Any]:
        """Answer an open question of an incident."""
        must_respond(who)
        _bounded(comment, "the comment")
        self.guard.look()
        with self.store.state.transaction() as tx:
            incident = known_incident(tx, incident_id)
            tasks = tx.tasks(incident.id)
            task = known_task(tasks, task_id)
            if task.kind in RELEASES:
                must_go_on(self._held(tx.plans(incident.id)))
            if task.kind is TaskKind.CLOSE and answer == CLOSE:
                nothing_unknown(tx, incident, tasks)
            done = take_answer(tx, task, answer, (who, comment), self.clock.now())
        self._tell(incident.id)
        return out(done)

    def close_reading(self) -> None:
        """Close what the desk opened itself; the store belongs to whoever opened it."""
        if "_reading" in self.__dict__:
            self._reading.close()

    @cached_property
    def _reading(self) -> SqlState:
        """The same state for reading: whoever only looks must not hold up the one writer."""
        return open_state(self.store.path, read_only=True)

    def _tell(self, incident_id: str) -> None:
        """Wake a workflow; it looks by itself too, only later."""
        try:
            self.wake(incident_id)
        except Exception:  # noqa: BLE001  (the decision is kept: an error here would say that it is not)
            _log.exception("a workflow could not be woken")

    def _find(self, tx: Transaction, plan: str) -> Kept:
        """A plan by id or hash; the incident it was found at is remembered, for looking through all takes long."""
        known = tx.incident(self._where[plan]) if plan in self._where else None
        for incident in [known] if known is not None else reversed(list(tx.incidents())):
            if any(_is(one.id, one.hash, plan) for one in tx.plans(incident.id)):
                if len(self._where) >= _MOST_PLANS_REMEMBERED:
                    self._where.clear()
                self._where[plan] = incident.id
                return _one(kept_plans(tx, incident, self._moment()), plan)
        raise NotKnownError(f"no plan {plan[:80]!r}", "`pullcord approve` lists what waits for you")

    def _system(self, name: str) -> AiSystem:
        found = Plant(self.inventory).system(name)
        if found is None:
            raise NotKnownError(f"the inventory has no AI system {name[:80]!r}", "`pullcord mode` lists them")
        return found

    def _held(self, plans: Iterable[Plan]) -> Stop | None:
        """What holds plans: never by the site of their incident, which whoever writes telemetry can choose."""
        plant = Plant(self.inventory)
        systems = (plant.system(action.target) for plan in plans for action in plan.actions)
        return self._held_at(*sorted({one.site for one in systems if one is not None and one.site}))

    def _held_at(self, *sites: str | None) -> Stop | None:
        """What holds this installation, or any of these sites; a system without a site adds nothing."""
        held = (self.stops.active(site) for site in (self.site, *filter(None, sites)))
        return next((stop for stop in held if stop is not None), None)

    def _check_site(self, site: str) -> None:
        """A stop of a site that does not exist would stop nothing, and somebody would rely on it."""
        names = sorted(one.name for one in self.inventory.sites)
        if site and site not in names:
            known = ", ".join(names) or "none"
            raise UsageError(
                f"the inventory has no site {site[:80]!r}", f"name one of: {known}; or none, to stop all"
            )

    def _moment(self) -> Moment:
        return Moment(self.clock.now(), int(self.settings.approval_hours * HOUR))

    @staticmethod
    def _may_read(who: Principal) -> None:
        if Scope.READ not in who.scopes:
            raise NotAllowedError(f"{who.name} may not read incidents", "use the token of a person")


def _one(found: list[Kept], plan: str) -> Kept:
    # The last: two plans never share an id, but a short prefix may fit several.
    return next(kept for kept in reversed(found) if _is(kept.plan.id, kept.plan.hash, plan))


def _is(plan_id: str, plan_hash: str, asked: str) -> bool:
    return asked == plan_id or (len(asked) >= SHORTEST_HASH and plan_hash.startswith(asked))


def _bounded(text: str, what: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise UsageError(f"{what} is longer than {_LONGEST_TEXT} characters", "say it in fewer words")
