from __future__ import annotations

import json
import socket
import stat
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.ot import OtReply, OtRequest, OtResult, OtVerb
from pullcord.otwriter.errors import AllowListError, WriterStateError
from pullcord.otwriter.serve import LARGEST_LINE, decode, run
from tests.otwriter.build import to_manual, written
from tests.otwriter.plant import AUTO, MANUAL, READBACK, Plc, allowing
from tests.otwriter.process import Process, process


def raw(place: Path, line: bytes) -> OtReply:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(place))
        client.sendall(line)
        return msgspec.json.decode(client.makefile("rb").readline(), type=OtReply)


def test_a_switch_through_the_socket_and_a_clean_end(plc: Plc, tmp_path: Path) -> None:
    with process(written(tmp_path, allowing(plc.switch()))) as writer:
        assert writer.ask(to_manual(time.time_ns())).result is OtResult.DONE
        assert stat.S_IMODE(writer.socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(writer.socket.parent.stat().st_mode) == 0o700
        assert writer.stop() == 0
        assert not writer.socket.exists()
        events = [json.loads(line)["event"] for line in writer.log.read_text().splitlines()]
    assert events == ["ready", "answer", "stopped"]
    assert plc.writes == [MANUAL]


@pytest.mark.parametrize("obeys", [True, False])
def test_killed_between_request_and_answer_the_same_key_sends_nothing_more(
    plc: Plc,
    tmp_path: Path,
    obeys: bool,  # noqa: FBT001
) -> None:
    plc.obeys, plc.delay = obeys, 0.5
    request = to_manual(time.time_ns())
    with process(written(tmp_path, allowing(plc.switch(readback_seconds=20.0)))) as writer:
        writer.kill_while(request, plc.writes)
        time.sleep(0.7)
        writer.restart()
        reply = writer.ask(request)
        again = writer.ask(request)
    assert plc.writes == [MANUAL]
    assert reply.result is (OtResult.DONE if obeys else OtResult.UNKNOWN)
    assert again.result is reply.result


def test_the_caps_hold_over_a_kill(plc: Plc, tmp_path: Path) -> None:
    with process(written(tmp_path, allowing(plc.switch(), switches_per_hour=1))) as writer:
        writer.kill_while(to_manual(time.time_ns()), plc.writes)
        plc.set(READBACK, AUTO)
        writer.restart()
        plc.set(READBACK, AUTO)
        reply = writer.ask(to_manual(time.time_ns(), "k2"))
    assert reply.result is OtResult.REFUSED
    assert "rate cap" in reply.detail
    assert plc.writes == [MANUAL]


def test_hostile_lines_get_an_answer_and_do_no_harm(plc: Plc, tmp_path: Path) -> None:
    with process(written(tmp_path, allowing(plc.switch()))) as writer:
        lines = (b"\n", b"{}\n", b"[" * 60_000 + b"\n", b"\xff\xfe\n", b"x" * (LARGEST_LINE + 10) + b"\n")
        assert [raw(writer.socket, line).result for line in lines] == [OtResult.REFUSED] * len(lines)
        idle = [hanging(writer.socket) for _ in range(16)]
        assert "too many" in raw(writer.socket, b"").detail
        for one in idle:
            one.close()
        time.sleep(0.1)
        assert writer.ask(OtRequest(verb=OtVerb.HELLO, time=0)).result is OtResult.OK
    assert plc.writes == []


def hanging(place: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(place))
    return client


def test_a_second_writer_and_an_older_list_are_refused(plc: Plc, tmp_path: Path) -> None:
    config = written(tmp_path, allowing(plc.switch(), version=5))
    with process(config) as writer:
        with pytest.raises(WriterStateError, match="another OT writer"):
            run(config)
        writer.stop()
    written(tmp_path, allowing(plc.switch(), version=4))
    with pytest.raises(AllowListError, match="version 5 was in use"):
        run(config)


def test_what_was_left_by_a_crash_is_replaced(plc: Plc, tmp_path: Path) -> None:
    with process(written(tmp_path, allowing(plc.switch()))) as writer:
        writer.child.kill()
        writer.child.wait(10)
        assert writer.socket.exists()
        writer.restart()
        assert writer.ask(OtRequest(verb=OtVerb.HELLO, time=0)).result is OtResult.OK


GOOD = OtRequest(verb=OtVerb.READ, time=1, system="dosing")


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_request_or_a_value_error(line: bytes) -> None:
    try:
        found = decode(line)
    except ValueError:
        return
    assert decode(msgspec.json.encode(found)) == found


@given(
    st.dictionaries(
        st.sampled_from(["verb", "time", "system", "key", "prestate", "extra"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=1200)
        | st.lists(st.integers(), max_size=3)
        | st.sampled_from(list(OtVerb)),
    )
)
def test_fields_of_other_kinds_are_refused(fields: dict[str, object]) -> None:
    line = json.dumps(fields).encode()
    try:
        found = decode(line)
    except ValueError:
        return
    assert set(fields) <= set(GOOD.__struct_fields__)
    assert {name: getattr(found, name) for name in fields} == fields
    assert all(len(text) <= 1000 for text in (found.system, found.key, found.prestate))


def test_the_helper_finds_a_dead_process(tmp_path: Path) -> None:
    (tmp_path / "ot-writer.toml").touch()
    with pytest.raises(AssertionError, match="PC-0001"):
        Process(tmp_path / "ot-writer.toml")
