"""Who lets plans run in live operation: modes, people, stops and caps, looked at anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from pullcord.analysis.classes import HARMLESS, mode_allows
from pullcord.model.approval import Approval, Decision
from pullcord.model.intent import Intent
from pullcord.model.inventory import AiSystem, Inventory, Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import ApprovalNeed, ApproverRole, Plan, PlanPurpose, sealed
from pullcord.model.task import TaskKind
from pullcord.model.times import HOUR
from pullcord.ports import Clock, Transaction
from pullcord.response.approvals import granted, missing, refused
from pullcord.response.expiry import may_release
from pullcord.response.modes import effective
from pullcord.response.permission import Answer, Permission, asked, on_paper
from pullcord.response.stops import Stop, Stops


@dataclass(frozen=True)
class Caps:
    """Limits on what happens without people, and on how long what they said counts.

    Attributes:
        approval: nanoseconds after which an approval no longer counts.
        actions_per_hour: automatic actions in any hour.
        share_percent: of the AI systems, held at a time by automatic actions.
    """

    approval: int
    actions_per_hour: int
    share_percent: int


def with_modes(inventory: Inventory, modes: dict[str, ModeChange]) -> Inventory:
    """The inventory as live operation sees it: a mode that people did not set here is ``observe``."""
    systems = [
        msgspec.structs.replace(system, mode=effective(modes.get(system.name)))
        for system in inventory.ai_systems
    ]
    return msgspec.structs.replace(inventory, ai_systems=tuple(systems))


def for_people(plan: Plan) -> Plan:
    """The same plan with at least one approval: outside the act modes somebody decides, also on class R0."""
    if plan.approvals or plan.automatic or all(action.kind in HARMLESS for action in plan.actions):
        return plan
    need = ApprovalNeed(role=ApproverRole.SECURITY)
    return sealed(msgspec.structs.replace(plan, approvals=(need,)))


class LivePolicy:
    """Implements ``pullcord.response.permission.Policy`` for real systems and real people.

    Args:
        clock_stop: looks at the clocks; what froze us, or None.
    """

    def __init__(
        self,
        inventory: Inventory,
        clock: Clock,
        caps: Caps,
        stops: Stops,
        site: str,
        clock_stop: Callable[[], Stop | None],
    ) -> None:
        self._inventory, self._clock, self._caps = inventory, clock, caps
        self._stops, self._site, self._clock_stop = stops, site, clock_stop
        self._systems: dict[str, AiSystem] = {system.name: system for system in inventory.ai_systems}

    def permission(self, plan: Plan, tx: Transaction) -> Permission:
        """What may happen to this plan now."""
        paper = on_paper(plan)
        if paper is not None:
            return paper
        approvals = tx.approvals(plan.incident_id)
        if refused(plan, approvals):
            return Permission(Answer.REFUSED, f"refused by {_refuser(plan, tx)}")
        if self._lowered(plan, tx):
            return Permission(Answer.CHANGED, "a mode was lowered since this was planned")
        if all(action.kind in HARMLESS for action in plan.actions):
            return Permission(Answer.GO)
        held = self.held()
        if held:
            return Permission(Answer.WAIT, held)
        return self._by_itself(plan, tx) or self._by_people(plan, approvals)

    def _by_itself(self, plan: Plan, tx: Transaction) -> Permission | None:
        """Whether a plan runs without anybody; None if people decide."""
        if not (plan.automatic and mode_allows(plan.mode, plan.plan_class)):
            return None
        full = self._full(plan, tx)
        if not full:
            return Permission(Answer.GO, "automatic")
        return None if plan.approvals else Permission(Answer.WAIT, full)

    def _by_people(self, plan: Plan, approvals: Sequence[Approval]) -> Permission:
        if plan.approvals and granted(plan, approvals, self._clock.now(), self._caps.approval):
            return Permission(Answer.GO)
        still = missing(plan, approvals, self._clock.now(), self._caps.approval)
        lacking = ", ".join(f"{need.count} × {need.role.value}" for need in still) or asked(plan)
        return Permission(Answer.WAIT, f"waits for {lacking}")

    def held(self) -> str:
        """Why nothing may be sent now; empty if it may."""
        self._clock_stop()
        stop = self._stops.active(self._site)
        return "" if stop is None else f"stopped by {stop.who}: {stop.reason}"

    def permit(self, intent: Intent, tx: Transaction) -> str:
        """Why a line of the journal may not be sent, asked in the very transaction that makes it SENT.

        A checkpoint remembers that a plan was approved; only this says that it still is. What is taken back is judged
        by the recovery plan that people approved, a released block by nothing but the stop.
        """
        if intent.action.kind in HARMLESS or (intent.undoes is not None and may_release(intent)):
            return ""
        if any(task.kind is TaskKind.CLOSE and task.answer for task in tx.tasks(intent.incident_id)):
            return "the incident was closed"
        plan = _plan_of(intent, tx)
        if plan is None:
            return "its plan is not in the state"
        permission = self.permission(plan, tx)
        return "" if permission.answer is Answer.GO else permission.why or permission.answer.value

    def raised(self, plan: Plan, tx: Transaction) -> bool:
        """Whether people have raised the mode of what a plan on paper concerns: then it is planned anew."""
        order = list(Mode)
        return order.index(self._mode(plan, tx)) > order.index(plan.mode)

    def _lowered(self, plan: Plan, tx: Transaction) -> bool:
        order = list(Mode)
        return order.index(self._mode(plan, tx)) < order.index(plan.mode)

    def _mode(self, plan: Plan, tx: Transaction) -> Mode:
        """The lowest mode, now, among the systems that a plan concerns; an unknown one observes."""
        modes = tx.modes()
        return min(
            (effective(modes.get(name)) if name in self._systems else Mode.OBSERVE for name in plan.systems),
            key=list(Mode).index,
            default=Mode.OBSERVE,
        )

    def _full(self, plan: Plan, tx: Transaction) -> str:
        """Which cap automatic actions have reached; people's own decisions pass all the same."""
        changing = [action for action in plan.actions if action.kind not in HARMLESS]
        # A plan under way is asked about again and again: its own actions count once. What was taken back is no
        # longer held, and taking back holds nothing.
        recent, held = tx.automatic(self._clock.now() - HOUR, HARMLESS, plan.hash)
        if recent + len(changing) > self._caps.actions_per_hour:
            return f"more than {self._caps.actions_per_hour} automatic actions in an hour: people decide"
        held |= {action.target for action in changing}
        known = held & set(self._systems)
        if known and len(known) * 100 > self._caps.share_percent * len(self._systems):
            return f"more than {self._caps.share_percent} % of the AI systems would be held: people decide"
        return ""


def _plan_of(intent: Intent, tx: Transaction) -> Plan | None:
    """The plan under which a line is sent; for one that takes back, the incident's last recovery plan."""
    plans = tx.plans(intent.incident_id)
    if intent.undoes is None:
        return next((plan for plan in plans if plan.hash == intent.plan_hash), None)
    return next((plan for plan in reversed(plans) if plan.purpose is PlanPurpose.RECOVER), None)


def _refuser(plan: Plan, tx: Transaction) -> str:
    found = [
        one.approver
        for one in tx.approvals(plan.incident_id)
        if one.plan_hash == plan.hash and one.decision is Decision.REFUSE
    ]
    return found[0] if found else "somebody"
