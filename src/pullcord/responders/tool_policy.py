"""Tool policy: keeps the file of denials that a tool gateway (policy enforcement point) decides by.

Which calls a file denies is in :mod:`pullcord.responders.cedar_policy`; the file itself in ``denial_file``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from pullcord.model.noun import Noun, canonical
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Precondition, Prepared
from pullcord.ports import Clock
from pullcord.responders import probe
from pullcord.responders.cedar_policy import combined, decide, folded
from pullcord.responders.denial_file import MOST_ENTRIES, Denial, entry_of, listed, parse, write
from pullcord.responders.errors import NoAnswerError, TargetFileError
from pullcord.responders.files import Content, locked, read, replace
from pullcord.responders.report import Reporter

_ABSENT = "absent"
_BETWEEN_LOOKS = 0.2
_MOST_CALLS = 200


class ToolPolicySettings(Noun, frozen=True, kw_only=True):
    """Settings of the kind ``tool_policy``.

    Attributes:
        file: the file of denials; it must be there, so that a wrong path is seen before it matters.
        agents: names by which the gateway knows agents of the AI system, with commas between.
        probe: address of the gateway that decides a call without carrying it out.
        control: a tool that the gateway allows these agents, to tell a denial from a gateway that denies everything.
        wait_seconds: how long the gateway may take to see the change.
    """

    file: str
    agents: str = ""
    probe: str | None = None
    control: str = "pullcord_control"
    wait_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0


class _Question(NamedTuple):
    agent: str
    tool: str
    arguments: Mapping[str, str]


class _Allowed(msgspec.Struct):
    allowed: bool


class ToolPolicy:
    """Denies tools and destinations at the gateway of one AI system.

    Args:
        target: the AI system, as the inventory names it.
        settings: ``file`` as an absolute path.
    """

    def __init__(self, target: str, settings: ToolPolicySettings, clock: Clock) -> None:
        self._target = target
        self._file = Path(settings.file)
        self._agents = tuple(name.strip() for name in settings.agents.split(",") if name.strip()) or (target,)
        self._probe = settings.probe and probe.checked(settings.probe, ("http",))
        self._control, self._wait = settings.control, settings.wait_seconds
        asked = "the gateway, asked to decide such calls without carrying them out"
        self._describe = Description(
            name=f"tool policy of {target}",
            kinds=frozenset(
                {ActionKind.RESTRICT_TOOLS, ActionKind.TIGHTEN_TOOL_POLICY, ActionKind.BLOCK_DESTINATION}
            ),
            delivery=Delivery.IDEMPOTENT,
            level=VerificationLevel.EFFECT if self._probe else VerificationLevel.POLICY,
            oracle=asked if self._probe else "the file as written, decided by Cedar",
        )
        self._say = Reporter(self._describe, clock)

    @property
    def describe(self) -> Description:
        """What it is and can."""
        return self._describe

    def covers(self, action: Action) -> bool:
        """Whether it is about tools of this AI system, or about a destination that one of its agents reached.

        The target of a block may be the destination itself; then the parameter ``agents`` says whose gateway it is.
        """
        if action.kind not in self._describe.kinds:
            return False
        if action.kind is not ActionKind.BLOCK_DESTINATION:
            return action.target == self._target
        mine = {folded(name) for name in (self._target, *self._agents)}
        named = {folded(name) for name in (action.target, *listed(action, "agents"))}
        return bool(listed(action, "destinations")) and bool(mine & named)

    async def plan(self, action: Action) -> Prepared:
        """Pre-state: what the file holds for this action; other entries may change meanwhile."""
        return await asyncio.to_thread(self._plan, action)

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Add the entry of this action."""
        return await asyncio.to_thread(self._write, action, key, prestate, undo=False)

    async def verify(self, action: Action) -> Verification:
        """Ask the gateway for each call that must be denied now, and for one that must not."""
        return await asyncio.to_thread(self._verify, action)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Take the entry of this action out again, unless somebody else has changed it since."""
        return await asyncio.to_thread(self._write, action, key, prestate, undo=True)

    def _wanted(self, action: Action) -> Denial | None:
        return entry_of(action, self._agents)

    def _plan(self, action: Action) -> Prepared:
        wanted = self._wanted(action)
        named = Precondition(what="it names what to deny, within the limits", holds=wanted is not None)
        try:
            now = _entry(parse(read(self._file).data), action)
        except TargetFileError as error:
            broken = Precondition(what="the file of denials is readable", holds=False, detail=str(error))
            return Prepared(prestate="", preconditions=(named, broken))
        denies = ", ".join((*wanted.tools, *wanted.destinations)) if wanted else ""
        return Prepared(
            prestate=_text(now),
            already=wanted is not None and now == wanted,
            change=f"denies {denies}"[:500],
            touches=(self._target,),
            preconditions=(named,),
            undo="the entry is taken out again",
        )

    def _write(self, action: Action, key: str, prestate: str, *, undo: bool) -> Receipt:
        try:
            with locked(self._file):
                status, detail = self._change(action, prestate, undo=undo)
        except TargetFileError as error:
            status, detail = ReceiptStatus.REFUSED, f"nothing was changed: {error}"
        except OSError as error:
            status, detail = ReceiptStatus.IN_DOUBT, f"changed, perhaps not durably ({error.strerror})"
        return self._say.receipt(action, key, status, detail)

    def _change(self, action: Action, prestate: str, *, undo: bool) -> tuple[ReceiptStatus, str]:
        content = read(self._file)
        entries = parse(content.data)
        now, mine = _entry(entries, action), self._wanted(action)
        if mine is None:
            return ReceiptStatus.REFUSED, "it names nothing to deny, or too much"
        before = _recorded(prestate)
        wanted, expected = (before, mine) if undo else (mine, before)
        if now == wanted:
            return ReceiptStatus.ALREADY, "was so already"
        if now != expected:
            return ReceiptStatus.ABORTED, "somebody else has changed the entry; nothing was changed"
        others = [entry for entry in entries if entry.action_id != action.id]
        if wanted is not None and len(others) >= MOST_ENTRIES:
            return ReceiptStatus.REFUSED, f"the file holds {MOST_ENTRIES} entries already; take some out"
        return self._put(content, others, wanted)

    def _put(
        self, content: Content, others: list[Denial], wanted: Denial | None
    ) -> tuple[ReceiptStatus, str]:
        kept = (*others, wanted) if wanted else tuple(others)
        data = write(kept)
        if parse(data) != kept:
            return ReceiptStatus.REFUSED, "the entries would not be read back as they are"
        replace(content, data)
        if read(self._file).data != data:
            return ReceiptStatus.IN_DOUBT, "written, and not there when read again"
        return ReceiptStatus.DONE, "denied from now on" if wanted else "no longer denied by this action"

    def _verify(self, action: Action) -> Verification:
        policy, wanted = VerificationLevel.POLICY, self._wanted(action)
        if wanted is None:
            return self._say.verification(VerificationResult.UNKNOWN, "it names nothing to deny", policy)
        try:
            entries = parse(read(self._file).data)
        except TargetFileError as error:
            return self._say.verification(VerificationResult.UNKNOWN, str(error), policy)
        calls = self._calls(wanted)
        alone = combined(entry for entry in entries if entry.action_id == action.id)
        if any(decide(alone, *call) for call in calls):
            told = "the file does not deny it by this action"
            return self._say.verification(VerificationResult.REFUTED, told, policy)
        if not self._probe:
            return self._say.verification(VerificationResult.CONFIRMED, f"{len(calls)} calls would be denied")
        control = _Question(self._agents[0], self._control, {})
        if not decide(combined(entries), *control):
            told = f"{control.tool} is denied itself, so nothing would be shown"
            return self._say.verification(VerificationResult.UNKNOWN, told)
        return self._say.verification(*self._ask(self._probe, calls, control))

    def _calls(self, wanted: Denial) -> list[_Question]:
        """Calls that must be denied: each tool for each agent of ours, or a call with each destination in it."""
        if wanted.destinations:
            return [_Question(self._agents[0], self._control, {"to": place}) for place in wanted.destinations]
        pairs = list(product(self._agents, wanted.tools))
        return [_Question(agent, tool, {}) for agent, tool in pairs[:_MOST_CALLS]]

    def _ask(self, url: str, calls: list[_Question], control: _Question) -> tuple[VerificationResult, str]:
        deadline = time.monotonic() + self._wait
        while True:
            try:
                # One slow gateway and many tools must not hold up the response.
                slow = deadline + self._wait
                passed = next((call for call in calls if _allows(url, call, slow)), None)
                if passed is None:
                    if _allows(url, control, slow):
                        return (
                            VerificationResult.CONFIRMED,
                            f"{len(calls)} calls denied, {control.tool} allowed",
                        )
                    told = (
                        VerificationResult.UNKNOWN,
                        f"the gateway denies everything, {control.tool} as well",
                    )
                else:
                    told = (
                        VerificationResult.REFUTED,
                        f"the gateway still allows {passed.tool} to {passed.agent}",
                    )
            except NoAnswerError as error:
                told = VerificationResult.UNKNOWN, str(error)
            if time.monotonic() > deadline:
                return told
            time.sleep(_BETWEEN_LOOKS)


def _allows(url: str, call: _Question, deadline: float) -> bool:
    if time.monotonic() > deadline:
        raise NoAnswerError("the gateway answers too slowly", "look at its load")
    return probe.ask(url, _Allowed, {**call._asdict(), "dry_run": True}).allowed


def _entry(entries: tuple[Denial, ...], action: Action) -> Denial | None:
    return next((entry for entry in entries if entry.action_id == action.id), None)


def _text(entry: Denial | None) -> str:
    return canonical(entry).decode() if entry else _ABSENT


def _recorded(prestate: str) -> Denial | None:
    """The entry that a pre-state recorded.

    Raises:
        TargetFileError: it is no pre-state of this responder.
    """
    if prestate == _ABSENT:
        return None
    try:
        return msgspec.json.decode(prestate, type=Denial)
    except msgspec.DecodeError as error:
        raise TargetFileError("the recorded pre-state is not readable", "plan the action anew") from error
