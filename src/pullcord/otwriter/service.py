"""What the OT writer answers to a request: the allow-list, the clock, the key and the caps, then the PLC."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import msgspec

from pullcord.model.ot import AllowList, OtReply, OtRequest, OtResult, OtVerb, Switch
from pullcord.model.times import MINUTE, SECOND
from pullcord.otwriter import caps, plc
from pullcord.otwriter.log import log
from pullcord.otwriter.look import PlcError, reason
from pullcord.otwriter.memory import Answer, MemoryFile

MOST_DISAGREEMENT = MINUTE
_READ_SECONDS = 20.0
# A PLC that is slower than its readback time may still turn; so long a system counts as held in any case.
_HELD_AT_LEAST = MINUTE


class Service:
    """Answers requests; one switch of a system at a time.

    Args:
        allow: the verified allow-list.
        file: the memory, held for as long as this object is used.
        now: the writer's clock, nanoseconds UTC.
    """

    def __init__(self, allow: AllowList, file: MemoryFile, now: Callable[[], int]) -> None:
        self._allow, self._file, self._now = allow, file, now
        self._switches = {switch.system: switch for switch in allow.switches}
        self._locks = {system: asyncio.Lock() for system in self._switches}

    async def answer(self, request: OtRequest) -> OtReply:
        """The reply to a request; never raises for what a PLC or the disk does."""
        reply = await self._answer(request)
        log(
            "answer",
            verb=request.verb,
            system=request.system,
            key=request.key,
            result=reply.result,
            detail=reply.detail,
        )
        return reply

    async def _answer(self, request: OtRequest) -> OtReply:
        if request.verb is OtVerb.HELLO:
            return self._say(
                OtResult.OK,
                f"site {self._allow.site!r}, allow-list version {self._allow.version}, "
                f"{len(self._switches)} systems",
            )
        switch = self._switches.get(request.system)
        if switch is None:
            return self._say(OtResult.REFUSED, "never: this system is not on the signed allow-list")
        if request.verb is OtVerb.READ:
            return await self._read(switch)
        apart = abs(self._now() - request.time)
        if apart > MOST_DISAGREEMENT:
            told = f"not sent: the clocks differ by {apart / SECOND:.0f} s, at most {MOST_DISAGREEMENT // SECOND} s"
            return self._say(OtResult.REFUSED, told)
        if not request.key:
            return self._say(OtResult.REFUSED, "not sent: a switch needs a key")
        async with self._locks[switch.system]:
            return await self._to_manual(request, switch)

    async def _read(self, switch: Switch) -> OtReply:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                reply = await plc.read(switch, self._now)
        except (PlcError, TimeoutError) as error:
            return self._say(OtResult.UNKNOWN, f"cannot be read: {reason(error)}")
        if reply.automatic and not any(one.startswith("value ") for one in reply.problems):
            self._release(switch.system)
        return reply

    async def _to_manual(self, request: OtRequest, switch: Switch) -> OtReply:
        known = self._file.answer(request.key)
        if known is not None:
            return await self._again(known, switch)
        await self._look_at_held(switch.system)
        reply = await self._switch(request, switch)
        self._settle(request, reply)
        return reply

    async def _switch(self, request: OtRequest, switch: Switch) -> OtReply:
        def reserve() -> str | None:
            return caps.reserve(self._file, self._allow, request.key, switch.system, self._now())

        try:
            return await plc.to_manual(switch, request.prestate, self._now, reserve)
        except PlcError as error:
            return self._say(OtResult.REFUSED, f"not sent: {error}")
        except Exception as error:  # noqa: BLE001  (whatever broke, the asker must hear whether it was sent)
            log("fault", "error", system=switch.system, key=request.key, detail=reason(error))
            if self._file.answer(request.key) is None:
                return self._say(OtResult.REFUSED, f"not sent: {reason(error)}")
            return self._say(OtResult.UNKNOWN, f"sent, then {reason(error)}; look at the machine")

    async def _again(self, known: Answer, switch: Switch) -> OtReply:
        """The same answer to the same key; after a crash a look, and never a second request."""
        if known.system != switch.system:
            return self._say(OtResult.REFUSED, "not sent: this key was used for another system")
        if known.reply is not None:
            # The time is the clock's, not the answer's: askers compare clocks by it.
            return msgspec.structs.replace(known.reply, time=self._now())
        seen = await self._read(switch)
        if seen.result is OtResult.OK and seen.manual:
            return msgspec.structs.replace(
                seen, result=OtResult.DONE, detail="sent before a crash; the PLC reads back manual"
            )
        told = f"sent before a crash, and not known to be manual ({seen.detail}); look at the machine"
        return msgspec.structs.replace(seen, result=OtResult.UNKNOWN, detail=told)

    async def _look_at_held(self, system: str) -> None:
        """Where the share cap would forbid a switch: have people given others back to their AI meanwhile?"""
        if caps.share_refusal(self._allow, self._file.now, system) is None:
            return
        held = [one for one in self._file.now.held if one in self._switches and one != system]
        # What cannot be read in time stays held; the switch that waits is not to wait long.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READ_SECONDS):
                for one in held:
                    await self._read(self._switches[one])
                    if caps.share_refusal(self._allow, self._file.now, system) is None:
                        return

    def _release(self, system: str) -> None:
        last = max((one.time for one in self._file.now.sent if one.system == system), default=None)
        if last is None or self._now() - last > _HELD_AT_LEAST:
            self._write(lambda: caps.release(self._file, system))

    def _settle(self, request: OtRequest, reply: OtReply) -> None:
        answer = Answer(key=request.key, system=request.system, time=reply.time, reply=reply)
        known = self._file.answer(request.key)
        refused = reply.result is OtResult.REFUSED and known is not None and known.sent
        if refused:
            self._write(lambda: caps.release(self._file, request.system))
        self._write(lambda: caps.settle(self._file, answer))

    def _write(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            # What is not written counts on the safe side: still held, still "sent, not answered".
            log("disk", "error", detail=reason(error))

    def _say(self, result: OtResult, detail: str) -> OtReply:
        return OtReply(result=result, time=self._now(), detail=detail)
