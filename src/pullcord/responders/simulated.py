"""A simulated plant: carries out every kind of containment on nothing but a list of what was done.

It exists so that recorded telemetry can be taken through the whole workflow. Its receipts are marked simulated;
its verification asks Cedar whether the recorded calls would now be denied, and otherwise says that it cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.session import ToolCall
from pullcord.ports import Clock
from pullcord.responders.tool_policy import denials, denied

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


class SimulatedPlant:
    """A responder for one incident.

    Args:
        executed: actions of this incident carried out before (a resumed run).
        calls: ``(agent name, recorded call)`` that the response should make impossible.
    """

    name = "simulated plant"
    simulated = True
    kinds = frozenset(ActionKind) - _NEVER_SIMULATED

    def __init__(
        self, clock: Clock, executed: Sequence[Action], calls: Sequence[tuple[str, ToolCall]]
    ) -> None:
        self._clock = clock
        self._executed = list(executed)
        self._calls = calls

    async def plan(self, action: Action) -> str:
        """Pre-state: whether the same action has been carried out."""
        return "done" if self._is_done(action) else "not done"

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Note the action as carried out."""
        if await self.plan(action) != prestate:
            return self._receipt(action, key, ReceiptStatus.ABORTED, "the pre-state changed since planning")
        if self._is_done(action):
            return self._receipt(action, key, ReceiptStatus.ALREADY, "was so already")
        self._executed.append(action)
        return self._receipt(action, key, ReceiptStatus.DONE, "noted; nothing real was changed")

    async def verify(self, action: Action) -> Verification:
        """Replay the recorded calls that should have become impossible.

        Confirmed if the action was carried out and alone denies at least one of them; how many everything carried
        out so far denies together stands beside it.
        """
        if action.kind not in _POLICY_KINDS:
            return self._verification(VerificationResult.UNKNOWN, "simulated: nothing real to look at")
        if not self._calls:
            return self._verification(VerificationResult.UNKNOWN, "no recorded call to replay")
        mine = [done for done in self._executed if done.id == action.id]
        alone = sum(denied(denials(mine), self._calls))
        together = sum(denied(denials(self._executed), self._calls))
        result = VerificationResult.CONFIRMED if alone else VerificationResult.REFUTED
        total = len(self._calls)
        detail = (
            f"denies {alone} of {total} recorded suspect calls, with all other actions {together} of {total}"
        )
        return self._verification(result, detail)

    async def rollback(self, action: Action, prestate: str) -> Receipt:
        """Take the note back, unless it was there before."""
        if prestate == "not done":
            self._executed = [done for done in self._executed if done.id != action.id]
        return self._receipt(action, f"undo-{action.id}", ReceiptStatus.DONE, "pre-state restored")

    def _is_done(self, action: Action) -> bool:
        return any(done.id == action.id for done in self._executed)

    def _receipt(self, action: Action, key: str, status: ReceiptStatus, detail: str) -> Receipt:
        return Receipt(
            key=key,
            action_id=action.id,
            status=status,
            responder=self.name,
            time=self._clock.now(),
            simulated=True,
            detail=detail,
        )

    def _verification(self, result: VerificationResult, detail: str) -> Verification:
        return Verification(
            level=VerificationLevel.POLICY,
            result=result,
            oracle="policy replay (Cedar) over the recorded calls",
            time=self._clock.now(),
            detail=detail,
        )
