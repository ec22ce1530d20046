"""Listens to an MQTT broker: subscribes and nothing else. The only file here that knows the MQTT library.

No message, no will and no command is ever sent: a test reads this file for it. MQTT acknowledges on receipt, so what
waits when Pullcord is killed is lost; what finds no room is dropped and counted.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING

from pullcord.intake.context import Counters
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.funnel import Funnel
from pullcord.intake.listening import ListenerError, Origin, Take, Tally, deliver
from pullcord.intake.mqtt_events import LONGEST, Published, events
from pullcord.intake.sparkplug_state import COUNTED, SparkplugState
from pullcord.model.errors import UsageError
from pullcord.model.event import Event

if TYPE_CHECKING:
    import aiomqtt

_COUNTED = ("received", "events", "rejected", "dropped", "busy", "connections", *COUNTED)
_QUEUE = 65_536
_BATCH = 2_000
_QOS = 1
_CONNECT = 1  # number of the packet that carries the properties


@dataclass(frozen=True)
class MqttPlace:
    """Which broker, and what of it.

    Attributes:
        topics: filters to subscribe to.
        writes: filters of topics on which values are set.
        tls: None: in clear.
        version: of the protocol, ``5`` or ``3.1.1``; only 5 lets us bound the size of what the broker sends.
    """

    host: str
    port: int
    topics: tuple[str, ...]
    writes: tuple[str, ...] = ()
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    version: str = "5"
    seconds: float = 10.0


class MqttListener:
    """Listens to one broker.

    Attributes:
        name: of the listener.
    """

    def __init__(self, origin: Origin, place: MqttPlace, now: Callable[[], int]) -> None:
        self.name = origin.name
        self._origin, self._place, self._now = origin, place, now
        self._tally, self._counters = Tally(_COUNTED), Counters()
        self._state = SparkplugState(self._tally)
        self._funnel: Funnel[Published] = Funnel()
        # Brokers of version 3.1.1 need to know names of up to 23 characters only.
        self._run, self._number = secrets.token_hex(6), 0

    def health(self) -> dict[str, int]:
        """Counters since it was made; ``waiting`` and ``nodes`` are of now."""
        return {**self._tally.health(), "waiting": len(self._funnel)}

    async def run(self, take: Take) -> None:
        """Listen until cancelled.

        Raises:
            ListenerError: the broker cannot be reached, refuses us, or the connection is lost.
            UsageError: the library is not installed.
        """
        self._funnel = Funnel()
        self._state.forget_sequences()

        async with asyncio.TaskGroup() as group:
            group.create_task(self._hand_on(take))
            await self._listen(_library())

    async def _hand_on(self, take: Take) -> None:
        async def hand_on(group: Sequence[Published]) -> None:
            batch: list[Event] = []
            for one in group:
                batch += self._events(one)
                # A few bytes can be thousands of metrics: not all of a group at a time.
                if len(batch) >= _BATCH:
                    await deliver(take, batch, (), self._tally)
                    batch = []
            await deliver(take, batch, (), self._tally)

        await self._funnel.empty_into(hand_on)

    async def _listen(self, library: ModuleType) -> None:
        try:
            async with self._connection(library) as client:
                for topic in self._place.topics:
                    await client.subscribe(topic, qos=_QOS)
                self._tally.add("connections")
                async for message in client.messages:
                    self._received(str(message.topic), message.payload, retained=bool(message.retain))
        except library.MqttError as error:
            raise ListenerError(
                f"{self._place.host}:{self._place.port}: no connection to the broker ({error})",
                "check that it runs, its address, and name, password and rights of this listener",
            ) from error

    def _received(self, topic: str, payload: object, *, retained: bool) -> None:
        self._tally.add("received")
        self._number += 1
        raw = payload if isinstance(payload, bytes) else str("" if payload is None else payload).encode()
        key = "" if retained else f"{self._run}:{self._number}"
        if not self._funnel.offer(Published(topic, raw, self._now(), key, retained), len(raw) + len(topic)):
            self._tally.add("dropped")

    def _events(self, message: Published) -> list[Event]:
        ctx = self._origin.context(message.time, self._counters)
        try:
            found = events(message, self._state, self._place.writes, ctx)
        except UnreadableRecordError:
            self._tally.add("rejected")
            return []
        return [self._origin.marked(event) for event in found]

    def _connection(self, library: ModuleType) -> aiomqtt.Client:
        place = self._place
        fifth = place.version == "5"
        made: aiomqtt.Client = library.Client(
            place.host,
            place.port,
            username=place.username,
            password=place.password,
            identifier=f"pullcord-{self._run}",
            protocol=library.ProtocolVersion.V5 if fifth else library.ProtocolVersion.V311,
            timeout=place.seconds,
            tls_context=place.tls,
            max_queued_incoming_messages=_QUEUE,
            properties=_largest() if fifth else None,
        )
        return made


def _library() -> ModuleType:
    try:
        import aiomqtt
    except ImportError as error:
        raise UsageError(
            "a listener for MQTT needs the package aiomqtt", "install pullcord with the extra `ot`"
        ) from error
    return aiomqtt


def _largest() -> object:
    """What a broker is told of the largest packet we take: it leaves out larger ones."""
    from aiomqtt.client import Properties  # type: ignore[attr-defined]  # it comes with the library

    properties = Properties(_CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = LONGEST
    return properties
