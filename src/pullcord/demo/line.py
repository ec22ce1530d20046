"""The line as a program: an OPC UA server, and the operator panel (HMI) that Pullcord has no way to.

``python -m pullcord.demo.line DIR``
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pullcord.demo.lifeline import die_with_parent
from pullcord.demo.place import CELL, Plant, kept, read_plant, write
from pullcord.demo.plc import PARTS, PARTS_HELD, REQUEST, REQUESTS, SCRAPPED, Cell, Value
from pullcord.demo.serving import HOST, Answer, Request, Route, Server

if TYPE_CHECKING:
    from asyncua.server.server import Server as UaServer
    from asyncua.ua import NodeId, VariantType

NAMESPACE = "urn:northfield.example:body-shop"
CYCLE = 0.2
_COUNTERS = (PARTS, PARTS_HELD, REQUESTS, SCRAPPED)


class Panel:
    """The operator panel: HTTP with the operator's own token."""

    def __init__(self, cell: Cell, lock: threading.Lock) -> None:
        self._cell = cell
        self._lock = lock

    def routes(self, plant: Plant) -> dict[str, Route]:
        """What can be pressed, and by whom."""
        operator, setpoint = plant.tokens.operator, plant.tokens.setpoint
        return {
            "GET /": Route(lambda _: (200, {"ok": True})),
            "POST /automatic": Route(self._automatic, operator),
            "POST /release": Route(self._release, operator),
            "POST /interlocks": Route(self._interlocks, operator),
            "POST /limit": Route(self._limit, setpoint),
        }

    def _automatic(self, request: Request) -> Answer:
        del request
        with self._lock:
            self._cell.to_automatic()
        return 200, {"mode": self._cell.mode}

    def _release(self, request: Request) -> Answer:
        del request
        with self._lock:
            return 200, {"released": self._cell.release()}

    def _interlocks(self, request: Request) -> Answer:
        with self._lock:
            for name in ("estop", "operator_present", "phase_allows_manual"):
                if isinstance(request.body.get(name), bool):
                    setattr(self._cell, name, request.body[name])
        return 200, {}

    def _limit(self, request: Request) -> Answer:
        value = request.body.get("value")
        with self._lock:
            accepted = isinstance(value, int | float) and self._cell.set_limit(float(value))
        return 200, {"accepted": accepted}


async def run(folder: Path) -> None:
    """Make a part every 0.2 s until the process is told to stop; begins where one that was killed ended."""
    plant = read_plant(folder)
    cell, lock = kept(folder / CELL, Cell, Cell()), threading.Lock()

    def keep() -> None:
        write(folder / CELL, msgspec.json.encode(cell), sync=False)

    server = await _opcua(plant.ports.line, cell, lock, keep)
    panel = Server(plant.ports.hmi, Panel(cell, lock).routes(plant))
    async with server:
        # Last: whoever waits for the panel finds the line too.
        threading.Thread(target=panel.serve_forever, daemon=True).start()
        while True:
            with lock:
                cell.cycle()
                keep()
            await _show(server, cell)
            await asyncio.sleep(CYCLE)


async def _opcua(port: int, cell: Cell, lock: threading.Lock, keep: Callable[[], None]) -> UaServer:
    from asyncua import ua
    from asyncua.common.callback import CallbackType
    from asyncua.server.server import Server as UaServer

    server = UaServer()
    await server.init()
    server.set_endpoint(f"opc.tcp://{HOST}:{port}/")
    server.set_server_name("Body line 2")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace(NAMESPACE)
    folder = await server.nodes.objects.add_object(_id("Line2"), "Line2")
    for name, value in cell.values().items():
        node = await folder.add_variable(_id(name), name, value, _kind(name, value))
        if name == REQUEST:
            await node.set_writable()

    def written(event: Any, dispatcher: Any) -> None:  # noqa: ANN401  # asyncua types neither
        del dispatcher
        for item, status in zip(event.request_params.NodesToWrite, event.response_params, strict=True):
            if event.is_external and status.is_good() and item.NodeId.Identifier == REQUEST:
                with lock:
                    cell.request(str(item.Value.Value.Value))
                    keep()

    server.subscribe_server_callback(CallbackType.PostWrite, written)
    return server


async def _show(server: UaServer, cell: Cell) -> None:
    from asyncua import ua

    now = ua.DateTime.now(UTC)
    for name, value in cell.values().items():
        shown = ua.DataValue(ua.Variant(value, _kind(name, value)), SourceTimestamp=now, ServerTimestamp=now)
        await server.write_attribute_value(_id(name), shown)


def _id(name: str) -> NodeId:
    """The node id of a name; the first namespace that a server registers has index 2."""
    from asyncua import ua

    return ua.NodeId.from_string(f"ns=2;s={name}")


def _kind(name: str, value: Value) -> VariantType:
    """The OPC UA type of a value; counters are 64 bits wide from the start."""
    from asyncua import ua

    if name in _COUNTERS:
        return ua.VariantType.Int64
    kinds = {str: ua.VariantType.String, bool: ua.VariantType.Boolean, float: ua.VariantType.Double}
    return kinds[type(value)]


def main(folder: str) -> None:
    """Run the line of the plant in ``folder``."""
    die_with_parent()
    logging.getLogger("asyncua").setLevel(logging.ERROR)  # it warns that a line without passwords has none
    asyncio.run(run(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
