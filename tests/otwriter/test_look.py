from __future__ import annotations

import asyncio
import socket
import time

import pytest

from pullcord.model.ot import Interlock, OtResult, Switch
from pullcord.otwriter.look import Look, PlcError, connection, look, missing, reason, watch_effects
from tests.otwriter.plant import AUTO, FLAG, GUARD, MANUAL, REQUEST, SETPOINT, Plc


def seen(switch: Switch) -> Look:
    async def go() -> Look:
        async with connection(switch.endpoint) as client:
            return await look(client, switch, time.time_ns)

    return asyncio.run(go())


def test_a_look_says_mode_age_interlocks_and_effects(plc: Plc) -> None:
    found = seen(plc.switch())
    assert (found.mode, found.automatic, found.manual) == (AUTO, True, False)
    assert found.age is not None
    assert abs(found.age) < 2
    assert (found.interlocks, found.effects) == ({GUARD: "true"}, {SETPOINT: "ai"})
    assert found.hindrances == ()
    assert found.reply(OtResult.OK, 1, "d" * 1000).detail == "d" * 600


def test_missing_effects_are_problems_only_in_manual_and_never_hinder(plc: Plc) -> None:
    plc.reset(MANUAL)
    plc.effect = False
    plc.set(SETPOINT, "ai")
    found = seen(plc.switch())
    assert found.manual
    assert found.problems == (f"effect {SETPOINT} is 'ai', not operator",)
    assert found.hindrances == ()


@pytest.mark.parametrize("age", [30.0, -30.0])
def test_old_values_and_values_of_the_future_are_stale(plc: Plc, age: float) -> None:
    plc.age = age
    time.sleep(0.2)
    found = seen(plc.switch())
    assert found.stale
    assert found.hindrances[0].startswith("value ")


def test_a_value_without_a_time_is_stale(plc: Plc) -> None:
    async def unstamp() -> None:
        from asyncua import ua

        await plc.nodes[REQUEST].write_value(ua.DataValue(ua.Variant(AUTO)))

    plc.call(unstamp())
    found = seen(plc.switch(readback=REQUEST))
    assert found.age is None
    assert found.stale


def test_an_interlock_that_is_not_there_does_not_hold(plc: Plc) -> None:
    found = seen(plc.switch(interlocks=(Interlock(node="ns=2;s=None", allowed=("true",)),)))
    assert found.hindrances == ("interlock ns=2;s=None is '(unreadable)', not true",)


@pytest.mark.parametrize("node", ["ns=2;s=None", "no node id", "ns=99;i=1"])
def test_a_mode_that_cannot_be_read_is_an_error(plc: Plc, node: str) -> None:
    with pytest.raises(PlcError, match="cannot be read"):
        seen(plc.switch(readback=node))


def test_effects_are_awaited(plc: Plc) -> None:
    async def go(switch: Switch) -> dict[str, str]:
        async with connection(switch.endpoint) as client:
            return await watch_effects(client, switch, 1.0)

    plc.loop.call_soon_threadsafe(plc.loop.call_later, 0.3, plc._follow, FLAG, False)  # noqa: FBT003
    switch = plc.switch(effects=(Interlock(node=FLAG, allowed=("false",)),))
    assert asyncio.run(go(switch)) == {FLAG: "false"}
    plc.set(FLAG, value=True)
    assert asyncio.run(go(switch)) == {FLAG: "true"}


def test_a_server_that_says_nothing_is_given_up(plc: Plc) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(PlcError, match="no connection"):
            seen(plc.switch(endpoint=f"opc.tcp://127.0.0.1:{silent.getsockname()[1]}/"))
        assert time.monotonic() - start < 12


def test_sentences_are_short() -> None:
    node = Interlock(node="n" * 200, allowed=("v" * 200,) * 10, meaning="m" * 200)
    assert [len(one) for one in missing("interlock", (node,), {node.node: "x"})] == [300]
    assert reason(ValueError("a" * 500 + "\nb")) == "ValueError: " + "a" * 120
    assert reason(TimeoutError()) == "TimeoutError"
