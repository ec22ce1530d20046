"""A look at one AI system in its PLC: mode, age, interlocks, effects. Only reads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from pullcord.model.noun import Noun
from pullcord.model.ot import Interlock, OtReply, OtResult, Switch
from pullcord.model.times import SECOND
from pullcord.otwriter.allow_list import UNREADABLE
from pullcord.otwriter.values import as_text, holds

CONNECT_SECONDS = 5.0
CALL_SECONDS = 4.0
_LOOK_SECONDS = 10.0
_CLOSE_SECONDS = 2.0
_PAUSE = 0.1
_LONGEST_SENTENCE = 300
_LONGEST_DETAIL = 600

Now = Callable[[], int]
"""The writer's clock: nanoseconds UTC."""


CALL_ERRORS = (OSError, TimeoutError, UaError)
"""What a call to a PLC may end with."""


class PlcError(Exception):
    """A PLC could not be reached or read; one sentence. It becomes a reply and never ends the writer."""


class Look(Noun, frozen=True, kw_only=True):
    """What was read; ``age`` in seconds by the source timestamp of the mode, None without one.

    ``problems`` begin with ``value``, ``mode``, ``interlock`` or ``effect``; the asker tells them apart by it.
    """

    mode: str
    manual: bool
    automatic: bool
    age: float | None
    interlocks: dict[str, str]
    effects: dict[str, str]
    problems: tuple[str, ...]

    @property
    def hindrances(self) -> tuple[str, ...]:
        """Why a switch must not be requested now; missing effects are no reason: they come after it."""
        return tuple(one for one in self.problems if not one.startswith("effect "))

    @property
    def stale(self) -> bool:
        """Whether the mode is too old, or of unknown age, to rely on."""
        return any(one.startswith("value ") for one in self.problems)

    def reply(self, result: OtResult, time: int, detail: str) -> OtReply:
        """This look as an answer."""
        return OtReply(
            result=result,
            time=time,
            detail=detail[:_LONGEST_DETAIL],
            mode=self.mode,
            manual=self.manual,
            automatic=self.automatic,
            age_seconds=self.age,
            interlocks=self.interlocks,
            effects=self.effects,
            problems=self.problems,
        )


@contextlib.asynccontextmanager
async def connection(endpoint: str) -> AsyncIterator[Client]:
    """A connection of its own to a PLC; closed within seconds whatever the PLC does.

    Raises:
        PlcError: no connection in time.
    """
    client = Client(endpoint, timeout=CALL_SECONDS)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect()
    except (*CALL_ERRORS, ValueError) as error:
        client.disconnect_socket()
        raise PlcError(f"no connection to {endpoint} ({reason(error)})") from error
    try:
        yield client
    finally:
        # What was found out stands; a PLC that does not say goodbye must not change it.
        with contextlib.suppress(*CALL_ERRORS):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await client.disconnect()


async def look(client: Client, switch: Switch, now: Now) -> Look:
    """Read everything about a switch once.

    Raises:
        PlcError: the mode itself cannot be read, or not all in time; other unreadable nodes become problems.
    """
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            return await _look(client, switch, now)
    except TimeoutError as error:
        # A look that takes longer is no look "right before" a request.
        raise PlcError(f"reading took longer than {_LOOK_SECONDS:g} s") from error


async def _look(client: Client, switch: Switch, now: Now) -> Look:
    data = await _read(client, switch.readback)
    if isinstance(data, str):
        raise PlcError(f"node {switch.readback} cannot be read ({data})")
    text = as_text(data.Value.Value if data.Value is not None else None)
    age = _age(data.SourceTimestamp, now())
    interlocks = {one.node: await _text(client, one.node) for one in switch.interlocks}
    effects = {one.node: await _text(client, one.node) for one in switch.effects}
    manual, automatic = text == switch.manual, text in switch.automatic
    problems = [*_age_problems(switch, age)]
    if not manual and not automatic:
        problems.append(f"mode {text!r} is neither manual nor automatic")
    problems += missing("interlock", switch.interlocks, interlocks)
    # While the AI has control its effects are not there, and that is no fault.
    problems += missing("effect", switch.effects, effects) if manual else ()
    return Look(
        mode=text,
        manual=manual,
        automatic=automatic,
        age=age,
        interlocks=interlocks,
        effects=effects,
        problems=tuple(problems),
    )


async def watch_effects(client: Client, switch: Switch, seconds: float) -> dict[str, str]:
    """Read the effect nodes until all are there or the time is over; returns what was read last."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        found = {one.node: await _text(client, one.node) for one in switch.effects}
        if all(holds(one, found[one.node]) for one in switch.effects) or loop.time() >= end:
            return found
        await asyncio.sleep(min(0.1, seconds))


def missing(word: str, nodes: tuple[Interlock, ...], found: dict[str, str]) -> tuple[str, ...]:
    """One sentence for each node that has none of its allowed values, beginning with ``word``."""
    return tuple(
        (
            f"{word} {one.node} is {found[one.node]!r}"
            f"{f' ({one.meaning})' if one.meaning else ''}, not {' or '.join(one.allowed)}"
        )[:_LONGEST_SENTENCE]
        for one in nodes
        if not holds(one, found[one.node])
    )


def reason(error: BaseException) -> str:
    """The kind of an error and the first line of what it says, short: nothing a PLC sends is passed on whole."""
    told = (str(error).splitlines() or [""])[0][:120]
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


async def _read(client: Client, node: str) -> ua.DataValue | str:
    """The value of a node, or why there is none."""
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await client.get_node(node).read_data_value()
    except (*CALL_ERRORS, ValueError) as error:
        return reason(error)


async def _text(client: Client, node: str) -> str:
    data = await _read(client, node)
    return UNREADABLE if isinstance(data, str) or data.Value is None else as_text(data.Value.Value)


def _age(stamp: datetime | None, now: int) -> float | None:
    if stamp is None:
        return None
    aware = stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)
    return round(now / SECOND - aware.timestamp(), 3)


def _age_problems(switch: Switch, age: float | None) -> tuple[str, ...]:
    if age is None:
        return (f"value of {switch.readback} has no source timestamp: its age is unknown",)
    # A value from the future is as little to be trusted as an old one: somebody's clock is wrong.
    if abs(age) > switch.longest_age_seconds:
        return (f"value of {switch.readback} is {age:.1f} s old, at most {switch.longest_age_seconds:g} s",)
    return ()
