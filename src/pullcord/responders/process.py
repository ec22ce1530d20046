"""Supervised process: stops an agent that runs under supervisor (http://supervisord.org), and starts its stand-in."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import msgspec

from pullcord.model.noun import Noun, canonical
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Precondition, Prepared
from pullcord.ports import Clock
from pullcord.responders import probe
from pullcord.responders.errors import NoAnswerError
from pullcord.responders.report import Reporter
from pullcord.responders.supervisor_rpc import Program, Supervisor

_BETWEEN_LOOKS = 0.1
_AGAIN_AFTER = 1.0


class ProcessSettings(Noun, frozen=True, kw_only=True):
    """Settings of the kind ``process``.

    Attributes:
        url: where supervisor answers: ``http://host:port`` or ``unix:///path``.
        program: the agent, as supervisor names it (``group:name`` if it is in a group).
        replacement: approved stand-in that is started after the agent has stopped; only these settings can name it.
        user, password: of supervisor; ``password`` is a reference to the secret (``env:NAME``, ``file:PATH``).
        probe: where the agent itself answers (``http://host:port/path`` or ``tcp://host:port``); any answer means
            that it is still there.
        replacement_probe: where the stand-in answers.
        stop_seconds: how long the agent may take to stop, and the stand-in to start.
    """

    url: str
    program: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    replacement: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    user: str | None = None
    password: str | None = None
    probe: str | None = None
    replacement_probe: str | None = None
    stop_seconds: Annotated[float, msgspec.Meta(gt=0, le=120)] = 15.0


class _States(Noun, frozen=True, kw_only=True):
    """Supervisor's names for the states of both programs; the pre-state."""

    program: str
    replacement: str | None = None


class SupervisedProcess:
    """Disables one AI system by stopping its process.

    Args:
        target: the AI system, as the inventory names it.
        settings: ``password`` is not read here.
        password: the secret itself.
    """

    def __init__(
        self, target: str, settings: ProcessSettings, clock: Clock, password: str | None = None
    ) -> None:
        self._target, self._settings = target, settings
        self._supervisor = Supervisor(settings.url, settings.user, password)
        self._probe = settings.probe and probe.checked(settings.probe, ("http", "tcp"))
        stand_in = settings.replacement_probe
        self._replacement_probe = stand_in and probe.checked(stand_in, ("http", "tcp"))
        # Number and start time of the agent's process: supervisor's word alone does not say that it is gone.
        self._seen: tuple[int, str] | None = None
        asked = "the agent's own address, its process number"
        self._describe = Description(
            name=f"process {settings.program} of {target}",
            kinds=frozenset({ActionKind.DISABLE_AGENT}),
            delivery=Delivery.PROBEABLE,
            level=VerificationLevel.EFFECT if self._probe else VerificationLevel.STATE,
            oracle=f"{asked} and supervisor, twice" if self._probe else "supervisor, asked twice anew",
        )
        self._say = Reporter(self._describe, clock)

    @property
    def describe(self) -> Description:
        """What it is and can."""
        return self._describe

    def covers(self, action: Action) -> bool:
        """Whether the action disables this very AI system."""
        return action.kind in self._describe.kinds and action.target == self._target

    async def plan(self, action: Action) -> Prepared:
        """Pre-state: what supervisor says of the agent and its stand-in."""
        del action
        return await asyncio.to_thread(self._plan)

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Stop the agent, then start its stand-in. What is half done already is finished, not called drift."""
        status, detail = await asyncio.to_thread(self._guarded, prestate, undo=False)
        return self._say.receipt(action, key, status, detail)

    async def verify(self, action: Action) -> Verification:
        """Look twice, a second apart: neither supervisor nor anybody else may have brought the agent back."""
        del action
        return await asyncio.to_thread(self._verify)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Stop the stand-in and start the agent, each only if the pre-state says so."""
        status, detail = await asyncio.to_thread(self._guarded, prestate, undo=True)
        return self._say.receipt(action, key, status, detail)

    def _plan(self) -> Prepared:
        settings = self._settings
        known = "supervisor answers and knows the programs"
        try:
            now = self._states()
        except NoAnswerError as error:
            told = Precondition(what=known, holds=False, detail=str(error))
            return Prepared(prestate="", preconditions=(told,))
        stand_in = f", then start {settings.replacement}" if settings.replacement else ""
        return Prepared(
            prestate=canonical(now).decode(),
            already=self._is_done(now),
            change=f"stop {settings.program} (now {now.program}){stand_in}",
            touches=(self._target,),
            preconditions=(Precondition(what=known, holds=True),),
            undo="the stand-in is stopped and the agent started" if _up(now.program) else "",
        )

    def _states(self) -> _States:
        program = self._info(self._settings.program)
        self._remember(program)
        name = self._settings.replacement
        return _States(program=program.state, replacement=self._info(name).state if name else None)

    def _info(self, name: str) -> Program:
        found = self._supervisor.info(name)
        if found is None:
            raise NoAnswerError(f"supervisor knows no program {name}", "correct its name in the settings")
        return found

    def _remember(self, program: Program) -> None:
        if program.pid and self._supervisor.is_local and (started := _started(program.pid)):
            self._seen = program.pid, started

    def _is_done(self, now: _States) -> bool:
        return not _up(now.program) and (now.replacement is None or _up(now.replacement))

    def _guarded(self, prestate: str, *, undo: bool) -> tuple[ReceiptStatus, str]:
        """Nothing sent and no answer: refused. Something sent and no answer: in doubt."""
        try:
            now, before = self._states(), msgspec.json.decode(prestate, type=_States)
        except NoAnswerError as error:
            return ReceiptStatus.REFUSED, f"nothing was sent: {error}"
        except msgspec.DecodeError:
            return ReceiptStatus.REFUSED, "the recorded pre-state is not readable; plan the action anew"
        try:
            return self._undo(now, before) if undo else self._do(now, before)
        except NoAnswerError as error:
            return ReceiptStatus.IN_DOUBT, f"perhaps half done: {error}"

    def _do(self, now: _States, before: _States) -> tuple[ReceiptStatus, str]:
        if self._is_done(now):
            return ReceiptStatus.ALREADY, "was so already"
        revived = _up(now.program) and not _up(before.program)
        fallen = _up(before.replacement) and not _up(now.replacement)
        if revived or fallen:
            return ReceiptStatus.ABORTED, f"drift: {now.program}, {now.replacement}; nothing was sent"
        settings = self._settings
        self._supervisor.stop(settings.program)
        if not self._wait(settings.program, up=False):
            return ReceiptStatus.IN_DOUBT, f"{settings.program} does not stop in {settings.stop_seconds:g} s"
        if not settings.replacement:
            return ReceiptStatus.DONE, f"{settings.program} stopped"
        self._supervisor.start(settings.replacement)
        if not self._wait(settings.replacement, up=True):
            return (
                ReceiptStatus.IN_DOUBT,
                f"{settings.program} stopped; {settings.replacement} does not start",
            )
        return ReceiptStatus.DONE, f"{settings.program} stopped, {settings.replacement} started"

    def _undo(self, now: _States, before: _States) -> tuple[ReceiptStatus, str]:
        settings = self._settings
        stop_it = settings.replacement and _up(now.replacement) and not _up(before.replacement)
        start_it = _up(before.program) and not _up(now.program)
        if not stop_it and not start_it:
            return ReceiptStatus.ALREADY, "was so already"
        # First out, then in: the two may share an address.
        if stop_it and settings.replacement:
            self._supervisor.stop(settings.replacement)
            if not self._wait(settings.replacement, up=False):
                return ReceiptStatus.IN_DOUBT, f"{settings.replacement} does not stop"
        if start_it:
            self._supervisor.start(settings.program)
            if not self._wait(settings.program, up=True):
                return ReceiptStatus.IN_DOUBT, f"{settings.program} does not start"
        return ReceiptStatus.DONE, "as it was before"

    def _wait(self, name: str, *, up: bool) -> bool:
        deadline = time.monotonic() + self._settings.stop_seconds
        while True:
            now = self._info(name)
            if now.state == "RUNNING" if up else not now.is_up:
                return True
            if now.state == "FATAL" or time.monotonic() > deadline:
                return False
            time.sleep(_BETWEEN_LOOKS)

    def _verify(self) -> Verification:
        result, detail = self._look()
        if result is VerificationResult.CONFIRMED:
            time.sleep(_AGAIN_AFTER)
            result, detail = self._look()
        return self._say.verification(result, detail)

    def _look(self) -> tuple[VerificationResult, str]:
        settings, seen = self._settings, self._seen
        try:
            now = self._info(settings.program)
            if now.is_up:
                return VerificationResult.REFUTED, f"supervisor says {settings.program} is {now.state}"
            if seen and _started(seen[0]) == seen[1]:
                return VerificationResult.REFUTED, f"the agent's process {seen[0]} is still there"
            if settings.replacement and not self._wait(settings.replacement, up=True):
                return VerificationResult.REFUTED, f"the stand-in {settings.replacement} does not run"
        except NoAnswerError as error:
            return VerificationResult.UNKNOWN, str(error)
        return self._probed()

    def _probed(self) -> tuple[VerificationResult, str]:
        if self._probe and (found := probe.life(self._probe)) is not probe.Life.GONE:
            if found is probe.Life.ANSWERS:
                return VerificationResult.REFUTED, "the agent still answers"
            return VerificationResult.UNKNOWN, "it cannot be seen whether the agent still answers"
        if self._replacement_probe and not self._comes(self._replacement_probe):
            return VerificationResult.REFUTED, "the agent is gone, but its stand-in does not answer"
        return VerificationResult.CONFIRMED, "the agent is gone and does not come back"

    def _comes(self, url: str) -> bool:
        deadline = time.monotonic() + self._settings.stop_seconds
        while probe.life(url) is not probe.Life.ANSWERS:
            if time.monotonic() > deadline:
                return False
            time.sleep(_BETWEEN_LOOKS)
        return True


def _up(state: str | None) -> bool:
    return state is not None and Program(state, 0).is_up


def _started(pid: int) -> str:
    """Start time of a process in clock ticks since boot (proc(5)), or empty: a number alone may be used again."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except (OSError, IndexError):
        return ""
