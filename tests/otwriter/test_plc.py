from __future__ import annotations

import ast
import asyncio
import time
from pathlib import Path

import pytest

import pullcord.otwriter
from pullcord.model.ot import OtReply, OtResult, Switch
from pullcord.otwriter import plc
from pullcord.otwriter.look import PlcError
from tests.otwriter.plant import AUTO, FLAG, GUARD, MANUAL, NUMBER, REQUEST, SAFETY, Plc


def switched(switch: Switch, prestate: str = AUTO, refuse: str | None = None) -> OtReply:
    return asyncio.run(plc.to_manual(switch, prestate, time.time_ns, lambda: refuse))


def test_manual_is_requested_read_back_and_its_effect_seen(server: Plc) -> None:
    server.reset()
    reply = switched(server.switch())
    assert (reply.result, reply.mode, reply.manual, reply.problems) == (OtResult.DONE, MANUAL, True, ())
    assert server.writes == [MANUAL]


def test_already_manual_sends_nothing(server: Plc) -> None:
    server.reset(MANUAL)
    assert switched(server.switch()).result is OtResult.ALREADY
    assert server.writes == []


def test_drift_sends_nothing_and_says_what_it_saw(server: Plc) -> None:
    server.reset()
    reply = switched(server.switch(automatic=(AUTO, "CASCADE")), prestate="CASCADE")
    assert reply.result is OtResult.REFUSED
    assert "drift" in reply.detail
    assert reply.mode == AUTO
    assert server.writes == []


def test_a_broken_interlock_sends_nothing(server: Plc) -> None:
    server.reset()
    server.set(GUARD, value=False)
    reply = switched(server.switch())
    assert reply.result is OtResult.REFUSED
    assert "guard closed" in reply.detail
    assert server.writes == []


def test_a_stale_value_sends_nothing(server: Plc) -> None:
    server.reset()
    server.age = 60.0
    time.sleep(0.2)
    reply = switched(server.switch())
    assert reply.result is OtResult.REFUSED
    assert "s old" in reply.detail
    assert reply.age_seconds is not None
    assert reply.age_seconds > 50
    assert server.writes == []


def test_an_unknown_mode_sends_nothing(server: Plc) -> None:
    server.reset("MAINTENANCE")
    reply = switched(server.switch(), prestate="")
    assert reply.result is OtResult.REFUSED
    assert "neither manual nor automatic" in reply.detail
    assert server.writes == []


def test_a_plc_that_ignores_the_request_is_unknown_and_asked_once(server: Plc) -> None:
    server.reset()
    server.obeys = False
    reply = switched(server.switch(readback_seconds=0.5))
    assert reply.result is OtResult.UNKNOWN
    assert server.writes == [MANUAL]


def test_a_plc_that_refuses_the_write_changes_nothing(server: Plc) -> None:
    server.reset()
    server.lock(REQUEST)
    reply = switched(server.switch())
    assert reply.result is OtResult.REFUSED
    assert "the PLC refused" in reply.detail
    assert reply.mode == AUTO


def test_a_safety_node_is_refused_by_the_plc_itself(server: Plc) -> None:
    server.reset()
    reply = switched(server.switch(node=SAFETY, manual="true", automatic=(AUTO,)))
    assert reply.result is OtResult.REFUSED
    assert server.get(SAFETY) is False


def test_an_effect_that_does_not_come_is_a_problem_of_a_done_switch(server: Plc) -> None:
    server.reset()
    server.effect = False
    reply = switched(server.switch(readback_seconds=0.5))
    assert reply.result is OtResult.DONE
    assert [one.split()[0] for one in reply.problems] == ["effect"]


def test_a_cap_stops_it_right_before_the_request(server: Plc) -> None:
    server.reset()
    reply = switched(server.switch(), refuse="rate cap")
    assert (reply.result, reply.detail) == (OtResult.REFUSED, "not sent: rate cap")
    assert server.writes == []


@pytest.mark.parametrize(
    ("node", "manual", "automatic", "written"), [(NUMBER, "7", ("2",), 7), (FLAG, "false", ("true",), False)]
)
def test_a_request_has_the_type_of_its_node(
    server: Plc, node: str, manual: str, automatic: tuple[str, ...], written: object
) -> None:
    server.reset()
    switch = server.switch(node=node, readback=node, manual=manual, automatic=automatic, effects=())
    server.set(node, 2 if node == NUMBER else True)
    assert switched(switch, prestate="").result is OtResult.DONE
    assert server.writes == [written]
    assert server.get(node) == written


def test_a_value_that_does_not_fit_the_node_sends_nothing(server: Plc) -> None:
    server.reset()
    with pytest.raises(PlcError, match="does not fit"):
        switched(server.switch(node=NUMBER))
    assert server.writes == []


def test_an_unreachable_plc_is_told_in_time(server: Plc) -> None:
    start = time.monotonic()
    with pytest.raises(PlcError, match="no connection"):
        switched(server.switch(endpoint="opc.tcp://127.0.0.1:9/"))
    assert time.monotonic() - start < 10


def test_one_call_in_the_whole_writer_writes() -> None:
    names = {
        "write_value",
        "write_attribute",
        "write_params",
        "write",
        "call_method",
        "set_value",
        "set_data_value",
    }
    folder = Path(pullcord.otwriter.__file__).parent
    found = [
        (path.name, node.func.attr)
        for path in sorted(folder.glob("**/*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]
    to_plc = [one for one in found if one[1] != "write"]
    assert to_plc == [("plc.py", "write_value")]
    # The others write to a file, the log and the asker's socket.
    assert [name for name, what in found if what == "write"] == ["durable.py", "log.py", "serve.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("**/*.py"))
    assert not {name for name in names - {"write", "write_value"} if name in text}
