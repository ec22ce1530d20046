"""A simulated plant: carries out every kind of containment on nothing but a list of what was done.

It exists so that recorded telemetry can be taken through the whole workflow. Its receipts are marked simulated;
its verification asks Cedar whether the recorded calls would now be denied, and otherwise says that it cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Prepared
from pullcord.model.session import ToolCall
from pullcord.ports import Clock
from pullcord.responders.cedar_policy import denials, denied
from pullcord.responders.report import Reporter

_POLICY_KINDS = frozenset(
    {
        ActionKind.DISABLE_AGENT,
        ActionKind.RESTRICT_TOOLS,
        ActionKind.TIGHTEN_TOOL_POLICY,
        ActionKind.BLOCK_DESTINATION,
    }
)
# Evidence is really taken, and authority is given back by people behind gates: neither is simulated.
_NEVER_SIMULATED = frozenset({ActionKind.SNAPSHOT, ActionKind.RETURN_TO_SERVICE})

_DESCRIBE = Description(
    name="simulated plant",
    kinds=frozenset(ActionKind) - _NEVER_SIMULATED,
    delivery=Delivery.IDEMPOTENT,
    level=VerificationLevel.POLICY,
    oracle="policy replay (Cedar) over the recorded calls",
    simulated=True,
)


class SimulatedPlant:
    """A responder for one incident.

    Args:
        executed: actions of this incident carried out before (a resumed run).
        calls: ``(agent name, recorded call)`` that the response should make impossible.
    """

    def __init__(
        self, clock: Clock, executed: Sequence[Action], calls: Sequence[tuple[str, ToolCall]]
    ) -> None:
        self._executed = list(executed)
        self._calls = calls
        self._say = Reporter(_DESCRIBE, clock)

    @property
    def describe(self) -> Description:
        """What it is and can."""
        return _DESCRIBE

    def covers(self, action: Action) -> bool:
        """Every kind but those that are never simulated, on whatever target."""
        return action.kind in _DESCRIBE.kinds

    async def plan(self, action: Action) -> Prepared:
        """Pre-state: whether the same action has been carried out."""
        is_done = self._is_done(action)
        return Prepared(
            prestate="done" if is_done else "not done",
            already=is_done,
            change="is noted; nothing real is changed",
            touches=(action.target,),
            undo="the note is taken back",
        )

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Note the action as carried out."""
        if self._is_done(action):
            return self._say.receipt(action, key, ReceiptStatus.ALREADY, "was so already")
        if prestate != "not done":
            told = "the pre-state changed since planning"
            return self._say.receipt(action, key, ReceiptStatus.ABORTED, told)
        self._executed.append(action)
        return self._say.receipt(action, key, ReceiptStatus.DONE, "noted; nothing real was changed")

    async def verify(self, action: Action) -> Verification:
        """Replay the recorded calls that should have become impossible.

        Confirmed if the action was carried out and alone denies at least one of them; how many everything carried
        out so far denies together stands beside it.
        """
        if action.kind not in _POLICY_KINDS:
            return self._say.verification(VerificationResult.UNKNOWN, "simulated: nothing real to look at")
        if not self._calls:
            return self._say.verification(VerificationResult.UNKNOWN, "no recorded call to replay")
        mine = [done for done in self._executed if done.id == action.id]
        alone = sum(denied(denials(mine), self._calls))
        together = sum(denied(denials(self._executed), self._calls))
        result = VerificationResult.CONFIRMED if alone else VerificationResult.REFUTED
        total = len(self._calls)
        detail = (
            f"denies {alone} of {total} recorded suspect calls, with all other actions {together} of {total}"
        )
        return self._say.verification(result, detail)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Take the note back, unless it was there before."""
        if prestate == "done" or not self._is_done(action):
            return self._say.receipt(action, key, ReceiptStatus.ALREADY, "was so already")
        self._executed = [done for done in self._executed if done.id != action.id]
        return self._say.receipt(action, key, ReceiptStatus.DONE, "pre-state restored")

    def _is_done(self, action: Action) -> bool:
        return any(done.id == action.id for done in self._executed)
