"""Feature flag: stops an agent that asks flagd (https://flagd.dev) whether it may work.

The flag definition file is rewritten so that every client gets the ``off`` variant. Nothing else in it changes.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import msgspec

from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Precondition, Prepared
from pullcord.ports import Clock
from pullcord.responders import flagd_file, probe
from pullcord.responders.errors import NoAnswerError, TargetFileError
from pullcord.responders.files import locked, read, replace
from pullcord.responders.report import Reporter

_BETWEEN_LOOKS = 0.2


class FeatureFlagSettings(Noun, frozen=True, kw_only=True):
    """Settings of the kind ``feature_flag``.

    Attributes:
        file: the flag definition file (JSON) that flagd, or the FILE resolver of the agent, reads.
        flag: key of the flag.
        off: the variant under which the agent does nothing.
        probe: address at which the agent says ``{"enabled": true}`` or ``false``, as it sees the flag.
        wait_seconds: how long the agent may take to see the change.
    """

    file: str
    flag: str
    off: str = "off"
    probe: str | None = None
    wait_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0


class _Enabled(msgspec.Struct):
    enabled: bool


class FeatureFlag:
    """Disables one AI system by its flag.

    Args:
        target: the AI system, as the inventory names it.
        settings: ``file`` as an absolute path.
    """

    def __init__(self, target: str, settings: FeatureFlagSettings, clock: Clock) -> None:
        self._target = target
        self._file = Path(settings.file)
        self._flag, self._off = settings.flag, settings.off
        self._probe = settings.probe and probe.checked(settings.probe, ("http",))
        self._wait = settings.wait_seconds
        effect = "the agent itself, asked what it sees"
        self._describe = Description(
            name=f"feature flag {settings.flag} of {target}",
            kinds=frozenset({ActionKind.DISABLE_AGENT}),
            delivery=Delivery.IDEMPOTENT,
            level=VerificationLevel.EFFECT if self._probe else VerificationLevel.STATE,
            oracle=effect if self._probe else "the flag file, read as a client reads it",
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
        """Pre-state: the definition of the flag as it stands in the file; other flags may change meanwhile."""
        del action
        return await asyncio.to_thread(self._plan)

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Switch the flag off for everybody."""
        return await asyncio.to_thread(self._write, action, key, prestate.encode(), undo=False)

    async def verify(self, action: Action) -> Verification:
        """Read the file anew; then ask the agent until it says that it is off, or its time is over."""
        del action
        return await asyncio.to_thread(self._verify)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Restore the recorded definition, unless somebody else has changed it since."""
        return await asyncio.to_thread(self._write, action, key, prestate.encode(), undo=True)

    def _plan(self) -> Prepared:
        what = f"the flag {self._flag} can be switched to {self._off}"
        try:
            now = flagd_file.definition(read(self._file).data, self._flag)
            problem = flagd_file.problem(now, self._off)
            already = flagd_file.is_off(now, self._off)
            extra = flagd_file.overridden(now)
        except TargetFileError as error:
            return Prepared(
                prestate="", preconditions=(Precondition(what=what, holds=False, detail=str(error)),)
            )
        return Prepared(
            prestate=now.decode(),
            already=already,
            change=f"variant {self._off} for everybody" + "".join(f", overriding {one}" for one in extra),
            touches=(self._target,),
            preconditions=(Precondition(what=what, holds=not problem, detail=problem),),
            undo="the definition as it was is written back",
        )

    def _write(self, action: Action, key: str, prestate: bytes, *, undo: bool) -> Receipt:
        try:
            with locked(self._file):
                status, detail = self._change(prestate, undo=undo)
        except TargetFileError as error:
            status, detail = ReceiptStatus.REFUSED, f"nothing was changed: {error}"
        except OSError as error:
            status, detail = ReceiptStatus.IN_DOUBT, f"changed, perhaps not durably ({error.strerror})"
        return self._say.receipt(action, key, status, detail)

    def _change(self, prestate: bytes, *, undo: bool) -> tuple[ReceiptStatus, str]:
        content = read(self._file)
        now = flagd_file.definition(content.data, self._flag)
        if flagd_file.same(now, prestate) if undo else flagd_file.is_off(now, self._off):
            return ReceiptStatus.ALREADY, "was so already"
        expected = flagd_file.switched_off(prestate, self._off) if undo else prestate
        if not flagd_file.same(now, expected):
            return (
                ReceiptStatus.ABORTED,
                f"somebody else has changed the flag {self._flag}; nothing was changed",
            )
        if not undo and (problem := flagd_file.problem(now, self._off)):
            return ReceiptStatus.REFUSED, problem
        wanted = prestate if undo else flagd_file.switched_off(now, self._off)
        replace(content, flagd_file.with_definition(content.data, self._flag, wanted))
        if not flagd_file.same(flagd_file.definition(read(self._file).data, self._flag), wanted):
            return ReceiptStatus.IN_DOUBT, "written, and not there when read again"
        return ReceiptStatus.DONE, "as it was before" if undo else f"variant {self._off} for everybody"

    def _verify(self) -> Verification:
        state = VerificationLevel.STATE
        try:
            data = read(self._file).data
            served = flagd_file.served(data, self._flag)
            off = flagd_file.is_off(flagd_file.definition(data, self._flag), self._off)
        except TargetFileError as error:
            return self._say.verification(VerificationResult.UNKNOWN, str(error), state)
        if not off or served is None or served is True:
            return self._say.verification(VerificationResult.REFUTED, "the flag file does not say off", state)
        if not self._probe:
            return self._say.verification(VerificationResult.CONFIRMED, "every client gets off")
        return self._say.verification(*self._ask(self._probe))

    def _ask(self, url: str) -> tuple[VerificationResult, str]:
        deadline = time.monotonic() + self._wait
        while True:
            try:
                if not probe.ask(url, _Enabled).enabled:
                    return VerificationResult.CONFIRMED, "the agent says that it is off"
                told = VerificationResult.REFUTED, f"the agent says that it is on, {self._wait:g} s after"
            except NoAnswerError as error:
                told = VerificationResult.UNKNOWN, str(error)
            if time.monotonic() > deadline:
                return told
            time.sleep(_BETWEEN_LOOKS)
