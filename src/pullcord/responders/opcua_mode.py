"""From AI to manual at the PLC, asked of the OT writer; Pullcord itself holds no way to write to OT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pullcord.model.ot import OtReply, OtRequest, OtResult, OtVerb
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, DryRun, Precondition, Prepared, Reversible
from pullcord.model.times import MINUTE, SECOND
from pullcord.ports import Clock
from pullcord.responders.ot_client import OtClient, OtLostError, OtUnreachableError

_NAME = "opcua-mode"
_ORACLE = "a new read of mode and effect nodes in the PLC, through the OT writer"
_UNDO = "people switch back at the machine"
_MOST_DISAGREEMENT = MINUTE

# How the OT writer begins its problems (otwriter/look.py).
_EFFECT = "effect "
_VALUE = "value "

_STATUS = {
    OtResult.DONE: ReceiptStatus.DONE,
    OtResult.ALREADY: ReceiptStatus.ALREADY,
    OtResult.REFUSED: ReceiptStatus.REFUSED,
    OtResult.UNKNOWN: ReceiptStatus.IN_DOUBT,
    # No answer to a switch; whatever it means, nobody may take it for success.
    OtResult.OK: ReceiptStatus.IN_DOUBT,
}


class OpcuaMode:
    """Switches listed AI systems from AI to manual (implements :class:`pullcord.ports.Responder`).

    Args:
        socket: the OT writer's UNIX socket.
        systems: AI systems that this responder may be asked for; the writer's signed list decides anyway.
        clock: Pullcord's clock, which the writer compares with its own.

    Attributes:
        last_disagreement: how far the writer's clock was ahead of ours in its last reply, nanoseconds, if that
            was more than 60 s; else None. The caller freezes approvals and automatic actions on it.
    """

    def __init__(self, socket: Path, systems: Sequence[str], clock: Clock) -> None:
        self._client = OtClient(socket)
        self._systems = frozenset(systems)
        self._clock = clock
        self.last_disagreement: int | None = None

    @property
    def describe(self) -> Description:
        """What it is and can."""
        return Description(
            name=_NAME,
            kinds=frozenset({ActionKind.SWITCH_TO_FALLBACK}),
            delivery=Delivery.PROBEABLE,
            level=VerificationLevel.EFFECT,
            oracle=_ORACLE,
            reversible=Reversible.MANUAL,
            dry_run=DryRun.SIMULATED,
            reaches_ot=True,
        )

    def covers(self, action: Action) -> bool:
        """Whether it is a switch to the fallback of one of its systems."""
        return action.kind is ActionKind.SWITCH_TO_FALLBACK and action.target in self._systems

    async def plan(self, action: Action) -> Prepared:
        """Read the PLC; whatever hinders a switch, no answer included, is a precondition that does not hold.

        The pre-state is empty, and it is not so already, unless the mode is known: read, fresh, manual or automatic,
        and by clocks that agree.
        """
        try:
            reply = await self._ask(OtVerb.READ, action)
        except (OtUnreachableError, OtLostError) as error:
            return _prepared(action, OtReply(result=OtResult.UNKNOWN, time=0, detail=error.cause), ())
        clocks = Precondition(what="the clocks of Pullcord and of the OT writer agree", holds=self._agree)
        return _prepared(action, reply, (clocks,))

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Request manual once per key; drift aborts, and a lost answer is in doubt, never sent again."""
        if not prestate:
            told = "not sent: nobody has looked at the PLC before; plan first"
            return self._receipt(action, key, ReceiptStatus.REFUSED, told)
        try:
            reply = await self._ask(OtVerb.TO_MANUAL, action, key, prestate)
        except OtUnreachableError as error:
            return self._receipt(action, key, ReceiptStatus.REFUSED, f"not sent: {error.cause}")
        except OtLostError as error:
            return self._receipt(action, key, ReceiptStatus.IN_DOUBT, str(error))
        status = _STATUS[reply.result]
        if status is ReceiptStatus.REFUSED and reply.mode and reply.mode != prestate:
            status = ReceiptStatus.ABORTED
        return self._receipt(action, key, status, "; ".join([reply.detail, *reply.problems]))

    async def verify(self, action: Action) -> Verification:
        """Read mode and effects over a new connection; a value that is too old proves nothing."""
        try:
            reply = await self._ask(OtVerb.READ, action)
        except (OtUnreachableError, OtLostError) as error:
            return self._verification(VerificationLevel.STATE, VerificationResult.UNKNOWN, error.cause)
        level = VerificationLevel.EFFECT if reply.effects else VerificationLevel.STATE
        old = _about(reply, _VALUE)
        if reply.result is not OtResult.OK or old:
            return self._verification(level, VerificationResult.UNKNOWN, "; ".join(old) or reply.detail)
        if not reply.manual:
            return self._verification(
                level, VerificationResult.REFUTED, f"mode is {reply.mode!r}, not manual"
            )
        if lacking := _about(reply, _EFFECT):
            return self._verification(level, VerificationResult.REFUTED, "; ".join(lacking))
        seen = ", ".join(f"{node} is {value!r}" for node, value in reply.effects.items())
        return self._verification(
            level, VerificationResult.CONFIRMED, f"mode is {reply.mode!r}" + (f"; {seen}" if seen else "")
        )

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Refused: nothing gives a process back to an AI but people at the machine."""
        del prestate
        return self._receipt(action, key, ReceiptStatus.REFUSED, _UNDO)

    async def _ask(self, verb: OtVerb, action: Action, key: str = "", prestate: str = "") -> OtReply:
        before = self._clock.now()
        reply = await self._client.ask(
            OtRequest(verb=verb, time=before, system=action.target, key=key, prestate=prestate)
        )
        after = self._clock.now()
        # The answer was written at some moment between the two; only what lies outside is disagreement.
        apart = min(reply.time - before, 0) or max(reply.time - after, 0)
        self.last_disagreement = apart if abs(apart) > _MOST_DISAGREEMENT else None
        return reply

    @property
    def _agree(self) -> bool:
        return self.last_disagreement is None

    def _receipt(self, action: Action, key: str, status: ReceiptStatus, detail: str) -> Receipt:
        return Receipt(
            key=key,
            action_id=action.id,
            status=status,
            responder=_NAME,
            time=self._clock.now(),
            detail=detail + self._clock_note(),
        )

    def _verification(
        self, level: VerificationLevel, result: VerificationResult, detail: str
    ) -> Verification:
        return Verification(
            level=level,
            result=result,
            oracle=_ORACLE,
            time=self._clock.now(),
            detail=detail + self._clock_note(),
        )

    def _clock_note(self) -> str:
        if self.last_disagreement is None:
            return ""
        return f"; the OT writer's clock differs by {self.last_disagreement / SECOND:+.0f} s"


def _prepared(action: Action, reply: OtReply, more: tuple[Precondition, ...]) -> Prepared:
    answered = reply.result is OtResult.OK
    hindrances = [one for one in reply.problems if not one.startswith(_EFFECT)]
    known = answered and (reply.manual or reply.automatic) and not _about(reply, _VALUE)
    known &= all(one.holds for one in more)
    already = known and reply.manual
    held = [
        Precondition(what=f"interlock {node}", holds=True, detail=value)
        for node, value in reply.interlocks.items()
        if not any(one.startswith(f"interlock {node} is ") for one in hindrances)
    ]
    return Prepared(
        prestate=reply.mode if known else "",
        already=already,
        change="" if already else f"mode of {action.target}: {reply.mode or 'unknown'} to manual",
        touches=(action.target,),
        preconditions=(
            Precondition(what="the OT writer reads the PLC", holds=answered, detail=reply.detail),
            *more,
            *held,
            # What is in manual already needs no interlock to get there.
            *(Precondition(what=one, holds=already) for one in hindrances),
        ),
        undo=_UNDO,
    )


def _about(reply: OtReply, word: str) -> list[str]:
    return [one for one in reply.problems if one.startswith(word)]
