"""The AI-to-manual request to a PLC: the only place in Pullcord that writes to OT.

The pattern is NAMUR NE 178 (verification of request): look, request, and believe only the readback.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.common.subscription import DataChangeNotif

from pullcord.model.ot import OtReply, OtResult, Switch
from pullcord.otwriter.look import (
    CALL_ERRORS,
    CALL_SECONDS,
    Look,
    Now,
    PlcError,
    connection,
    look,
    missing,
    reason,
    watch_effects,
)
from pullcord.otwriter.values import as_text, typed

_PUBLISH_MS = 50.0

# With these a server says that it changed nothing. Any other bad status (a gateway that lost its PLC, a timeout)
# leaves open whether the request arrived, so the readback decides.
_REFUSALS = frozenset(
    {
        "BadUserAccessDenied",
        "BadNotWritable",
        "BadWriteNotSupported",
        "BadTypeMismatch",
        "BadOutOfRange",
        "BadNodeIdUnknown",
        "BadNodeIdInvalid",
        "BadAttributeIdInvalid",
        "BadInvalidState",
        "BadRequiresLock",
        "BadLocked",
        "BadSecurityModeInsufficient",
    }
)

Reserve = Callable[[], str | None]
"""Called right before the request goes out: counts it durably, or says why it must not go."""


async def read(switch: Switch, now: Now) -> OtReply:
    """Look at a system over a new connection.

    Raises:
        PlcError: it cannot be reached, or its mode not read.
    """
    async with connection(switch.endpoint) as client:
        return (await look(client, switch, now)).reply(OtResult.OK, now(), "read")


async def to_manual(switch: Switch, prestate: str, now: Now, reserve: Reserve) -> OtReply:
    """Look, request manual once if all holds, and wait for the readback; never tries again.

    Raises:
        PlcError: it cannot be reached or read; nothing was sent.
        OSError: ``reserve`` could not write; nothing was sent.
    """
    async with connection(switch.endpoint) as client:
        node = client.get_node(switch.node)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                value = typed(switch.manual, await node.read_data_type_as_variant_type())
        except (*CALL_ERRORS, ValueError) as error:
            raise PlcError(f"node {switch.node}: {reason(error)}") from error
        watcher = _Watcher(switch.manual)
        # Before the request: a change that comes in between must not be missed.
        await watcher.subscribe(client, switch.readback)
        seen = await look(client, switch, now)
        if seen.manual and not seen.stale:
            return seen.reply(OtResult.ALREADY, now(), "it was in manual already; nothing was sent")
        why = _refusal(seen, prestate) or reserve()
        if why is not None:
            return seen.reply(OtResult.REFUSED, now(), f"not sent: {why}")
        return await _request(client, node, value, _Case(switch, seen, now, watcher))


class _Watcher:
    """Listens to the readback node, from before the request on."""

    def __init__(self, manual: str) -> None:
        self._manual = manual
        self.arrived = asyncio.Event()

    async def subscribe(self, client: Client, node: str) -> None:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                subscription = await client.create_subscription(_PUBLISH_MS, self)
                await subscription.subscribe_data_change(client.get_node(node))
        except (*CALL_ERRORS, ValueError) as error:
            raise PlcError(f"node {node} cannot be watched ({reason(error)})") from error

    def datachange_notification(self, node: Node, val: object, data: DataChangeNotif) -> None:
        """Called by asyncua for each change."""
        del node, data
        if as_text(val) == self._manual:
            self.arrived.set()


class _Case(NamedTuple):
    """What goes with one request."""

    switch: Switch
    seen: Look
    now: Now
    watcher: _Watcher


def _refusal(seen: Look, prestate: str) -> str | None:
    if prestate and seen.mode != prestate:
        return f"drift: the plan saw mode {prestate!r}, now it is {seen.mode!r}"
    return "; ".join(seen.hindrances) or None


async def _request(client: Client, node: Node, value: ua.Variant, case: _Case) -> OtReply:
    doubt = ""
    # What came until now is what the look saw, or older.
    case.watcher.arrived.clear()
    try:
        # Without timestamps: they are the PLC's, and many refuse a value that brings its own.
        async with asyncio.timeout(CALL_SECONDS):
            await node.write_value(ua.DataValue(value))
    except CALL_ERRORS as error:
        if type(error).__name__ in _REFUSALS:
            return case.seen.reply(OtResult.REFUSED, case.now(), f"the PLC refused: {reason(error)}")
        doubt = f"; the request itself ended with {reason(error)}"
    return await _outcome(client, case, doubt)


async def _readback(client: Client, case: _Case) -> Look:
    """Wait until manual is read back or the time is over; returns the last look.

    The last word has a look: a notification may be lost, or older than the request.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + case.switch.readback_seconds
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await case.watcher.arrived.wait()
        seen = await look(client, case.switch, case.now)
        if seen.manual or loop.time() >= end:
            return seen
        case.watcher.arrived.clear()


async def _outcome(client: Client, case: _Case, doubt: str) -> OtReply:
    """What the PLC says after the request."""
    try:
        seen = await _readback(client, case)
    except PlcError as error:
        return case.seen.reply(
            OtResult.UNKNOWN, case.now(), f"sent, then {error}{doubt}; look at the machine"
        )
    if not seen.manual:
        told = f"sent, and no readback of {case.switch.manual!r} in {case.switch.readback_seconds:g} s"
        return seen.reply(OtResult.UNKNOWN, case.now(), f"{told}{doubt}; look at the machine")
    effects = await watch_effects(client, case.switch, case.switch.readback_seconds)
    others = tuple(one for one in seen.problems if not one.startswith("effect "))
    seen = msgspec.structs.replace(
        seen, effects=effects, problems=(*others, *missing("effect", case.switch.effects, effects))
    )
    return seen.reply(OtResult.DONE, case.now(), "the PLC reads back manual")
