"""A real OPC UA server with the logic of a small PLC, in a thread of its own, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from asyncua import ua
from asyncua.common.callback import CallbackType, ServerItemCallback
from asyncua.common.node import Node
from asyncua.server.server import Server

from pullcord.model.ot import AllowList, Interlock, Switch

T = TypeVar("T")
AUTO, MANUAL = "AUTO", "MANUAL"
REQUEST, READBACK = "ns=2;s=Mode.Request", "ns=2;s=Mode.Actual"
GUARD, SETPOINT, SAFETY = "ns=2;s=Guard.Closed", "ns=2;s=Setpoint.Source", "ns=2;s=Safety.Trip"
NUMBER, FLAG = "ns=2;s=Other.Number", "ns=2;s=Other.Flag"
OTHER_REQUEST, OTHER_READBACK = "ns=2;s=Oven.Request", "ns=2;s=Oven.Actual"
PAIRS = {REQUEST: READBACK, OTHER_REQUEST: OTHER_READBACK}
_SCAN = 0.05


class Plc:
    """The server. Its logic runs every 50 ms and can be told to misbehave.

    Attributes:
        writes: what clients have written to the request node, in order.
        obeys: whether a request changes the mode; after ``delay`` seconds.
        effect: whether the setpoint follows the mode.
        age: how old the mode's timestamp is, seconds.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.endpoint = f"opc.tcp://127.0.0.1:{free.getsockname()[1]}/"
        self.nodes: dict[str, Node] = {}
        self.reset_fields()

    def reset_fields(self) -> None:
        self.writes: list[object] = []
        self.obeys, self.effect, self.delay, self.age = True, True, 0.0, 0.0

    def reset(self, mode: str = AUTO) -> None:
        """Begin anew: well-behaved, writable, guard closed, in a mode."""
        self.reset_fields()
        for request, readback in PAIRS.items():
            self.set(request, mode)
            self.set(readback, mode)
        self.set(GUARD, value=True)
        self.set(SETPOINT, "ai" if mode == AUTO else "operator")
        self.call(self._writable(REQUEST, yes=True))

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def set(self, node: str, value: object) -> None:
        self.call(self._put(node, value))

    def get(self, node: str) -> object:
        value: object = self.call(self.nodes[node].read_value())
        return value

    def lock(self, node: str) -> None:
        self.call(self._writable(node, yes=False))

    async def run(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        server = Server()
        await server.init()
        server.set_endpoint(self.endpoint)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:example:plant")
        for name, value in (
            (REQUEST, AUTO),
            (READBACK, AUTO),
            (OTHER_REQUEST, AUTO),
            (OTHER_READBACK, AUTO),
            (GUARD, True),
            (SETPOINT, "ai"),
            (SAFETY, False),
            (FLAG, True),
        ):
            self.nodes[name] = await server.nodes.objects.add_variable(name, name[7:], value)
        self.nodes[NUMBER] = await server.nodes.objects.add_variable(
            NUMBER, "Number", 2, varianttype=ua.VariantType.UInt16
        )
        for name in (*PAIRS, NUMBER, FLAG):
            await self.nodes[name].set_writable()
        # The library says `str` and means its enumeration.
        server.iserver.subscribe_server_callback(cast("str", CallbackType.PostWrite), self._written)
        async with server:
            ready()
            while not stop.is_set():
                await self._scan()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _SCAN)
        # Sessions of clients that were killed live on in the library.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _scan(self) -> None:
        for readback in PAIRS.values():
            await self._put(readback, await self.nodes[readback].read_value())
        mode = await self.nodes[READBACK].read_value()
        if self.effect and mode == MANUAL:
            await self._put(SETPOINT, "operator")

    async def _put(self, name: str, value: object) -> None:
        old = (await self.nodes[name].read_data_value()).Value
        assert old is not None
        stamp = cast("ua.DateTime", datetime.now(UTC) - timedelta(seconds=self.age))
        await self.nodes[name].write_value(
            ua.DataValue(ua.Variant(value, old.VariantType), SourceTimestamp=stamp)
        )

    async def _writable(self, name: str, *, yes: bool) -> None:
        await self.nodes[name].set_writable(yes)

    async def _written(self, event: ServerItemCallback, _service: object) -> None:
        if not event.is_external:
            return
        for asked, status in zip(event.request_params.NodesToWrite, event.response_params, strict=True):
            if status.is_good():
                self.writes.append(asked.Value.Value.Value)
                readback = PAIRS.get(asked.NodeId.to_string())
                if self.obeys and readback is not None:
                    self.loop.call_later(self.delay, self._follow, readback, asked.Value.Value.Value)

    def _follow(self, readback: str, value: object) -> None:
        self._task = self.loop.create_task(self._put(readback, value))

    def other(self) -> Switch:
        """A second system of this PLC, without interlocks or effects."""
        nodes = {"node": OTHER_REQUEST, "readback": OTHER_READBACK}
        return self.switch("oven", interlocks=(), effects=(), longest_age_seconds=300.0, **nodes)

    def switch(self, system: str = "dosing", **changes: Any) -> Switch:  # noqa: ANN401  (fields of all types)
        """An entry of an allow-list for this PLC."""
        fields: dict[str, Any] = {
            "system": system,
            "endpoint": self.endpoint,
            "node": REQUEST,
            "manual": MANUAL,
            "automatic": (AUTO,),
            "readback": READBACK,
            "interlocks": (Interlock(node=GUARD, allowed=("true",), meaning="guard closed"),),
            "effects": (Interlock(node=SETPOINT, allowed=("operator",)),),
            "readback_seconds": 2.0,
        }
        return Switch(**fields | changes)


@contextlib.contextmanager
def running() -> Iterator[Plc]:
    """A PLC that serves until the end of the block."""
    plc = Plc()
    ready, stop = threading.Event(), asyncio.Event()
    thread = threading.Thread(
        target=lambda: plc.loop.run_until_complete(plc.run(ready.set, stop)), daemon=True
    )
    thread.start()
    assert ready.wait(60), "the OPC UA server did not start"
    try:
        yield plc
    finally:
        plc.loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        plc.loop.close()


def allowing(*switches: Switch, **changes: Any) -> AllowList:  # noqa: ANN401  (fields of all types)
    """An allow-list of these switches."""
    fields: dict[str, Any] = {"schema": "pullcord.ot-allow-list/1", "version": 3, "site": "north"}
    return AllowList(**fields | {"switches": switches} | changes)
