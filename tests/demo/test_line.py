from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaStatusCodeError

from pullcord.demo import calling, plc
from pullcord.demo.config import prepare
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.place import Plant
from pullcord.demo.watch import read_line
from tests.demo.programs import running, until


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder: Path = tmp_path_factory.mktemp("line")
    made = prepare(folder)
    with running(folder, "line", made.ports.hmi):
        yield made


def press(plant: Plant, path: str, token: str | None = None, **body: bool | float) -> dict[str, object]:
    return calling.ask("POST", plant.ports.hmi, path, body, token=token or plant.tokens.operator)


async def write(plant: Plant, name: str, value: ua.Variant) -> None:
    client = Client(f"opc.tcp://127.0.0.1:{plant.ports.line}/", timeout=3.0)
    client.session_timeout = 60_000
    async with client:
        await client.get_node(f"ns=2;s={name}").write_value(value)


def request(plant: Plant, value: str) -> None:
    asyncio.run(write(plant, plc.REQUEST, ua.Variant(value, ua.VariantType.String)))


def mode(plant: Plant) -> str:
    return asyncio.run(read_line(plant)).mode


def test_parts_come_and_the_readback_is_fresh(plant: Plant) -> None:
    async def age() -> float:
        client = Client(f"opc.tcp://127.0.0.1:{plant.ports.line}/", timeout=3.0)
        client.session_timeout = 60_000
        async with client:
            value = await client.get_node(f"ns=2;s={plc.MODE}").read_data_value()
            assert value.SourceTimestamp is not None
            return time.time() - value.SourceTimestamp.timestamp()

    first = asyncio.run(read_line(plant)).parts
    assert until(lambda: asyncio.run(read_line(plant)).parts > first + 2, 5.0)
    assert -0.1 < asyncio.run(age()) < 2.0


def test_a_request_is_carried_out_counted_and_only_people_take_it_back(plant: Plant) -> None:
    before = asyncio.run(read_line(plant))
    request(plant, plc.MANUAL)
    assert until(lambda: mode(plant) == plc.MANUAL, 5.0)
    assert until(lambda: asyncio.run(read_line(plant)).parts_held > 0, 5.0)
    request(plant, plc.AUTO)
    time.sleep(0.5)
    now = asyncio.run(read_line(plant))
    assert (now.mode, now.lots_held, now.requests - before.requests) == (plc.MANUAL, True, 2)
    press(plant, "/automatic")
    assert until(lambda: mode(plant) == plc.AUTO, 5.0)
    press(plant, "/release")
    assert until(lambda: not asyncio.run(read_line(plant)).lots_held, 5.0)


def test_an_interlock_refuses(plant: Plant) -> None:
    press(plant, "/interlocks", operator_present=False)
    request(plant, plc.MANUAL)
    time.sleep(0.5)
    assert mode(plant) == plc.AUTO
    press(plant, "/interlocks", operator_present=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (plc.MUTING, ua.Variant(Value=True)),
        (plc.LIMIT, ua.Variant(9.5)),
        (plc.MODE, ua.Variant(plc.AUTO)),
        (plc.ESTOP, ua.Variant(Value=False)),
        (plc.REQUEST, ua.Variant(1, ua.VariantType.Int64)),
    ],
)
def test_nothing_else_can_be_written_by_anybody(plant: Plant, name: str, value: ua.Variant) -> None:
    before = asyncio.run(read_line(plant))
    with pytest.raises(UaStatusCodeError):
        asyncio.run(write(plant, name, value))
    after = asyncio.run(read_line(plant))
    assert (after.limit, after.mode, after.requests) == (before.limit, before.mode, before.requests)


def test_the_panel_is_the_operators_and_the_limit_the_ot_gateways(plant: Plant) -> None:
    for path, token in (
        ("/automatic", plant.tokens.setpoint),
        ("/limit", plant.tokens.operator),
        ("/automatic", plant.tokens.office),
    ):
        with pytest.raises(NoAnswerError):
            press(plant, path, token)
    assert press(plant, "/limit", plant.tokens.setpoint, value=9.5) == {"accepted": False}
    assert press(plant, "/limit", plant.tokens.setpoint, value=1.1) == {"accepted": True}
    assert until(lambda: asyncio.run(read_line(plant)).limit == 1.1, 5.0)
