from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.ot import OtReply, OtRequest, OtResult, OtVerb
from pullcord.responders.ot_client import LARGEST_LINE, OtClient, OtLostError, OtUnreachableError, _decoded
from tests.otwriter.build import LIST, to_manual, written
from tests.otwriter.process import process
from tests.otwriter.scripted import scripted

HELLO = OtRequest(verb=OtVerb.HELLO, time=1)


def test_a_real_writer_answers(tmp_path: Path) -> None:
    with process(written(tmp_path, LIST)) as writer:
        reply = asyncio.run(OtClient(writer.socket).ask(HELLO))
    assert reply.result is OtResult.OK
    assert abs(reply.time - time.time_ns()) < 30 * 10**9


def test_nobody_there_means_nothing_was_sent(tmp_path: Path) -> None:
    with pytest.raises(OtUnreachableError, match="does not answer"):
        asyncio.run(OtClient(tmp_path / "none").ask(HELLO))


def test_a_request_that_is_too_long_is_not_sent(tmp_path: Path) -> None:
    with scripted(tmp_path / "s", b"") as lines, pytest.raises(OtUnreachableError, match="too long"):
        asyncio.run(OtClient(tmp_path / "s").ask(to_manual(1, key="k" * LARGEST_LINE)))
    assert lines == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"{}\n",
        b"[1]\n",
        b"\xff\n",
        b'{"result":"ok"',
        b"x" * (LARGEST_LINE + 9),
        b"[" * 9_000 + b"\n",
    ],
)
def test_a_broken_answer_is_lost_not_success(tmp_path: Path, answer: bytes | None) -> None:
    with scripted(tmp_path / "s", answer), pytest.raises(OtLostError, match="no answer"):
        asyncio.run(OtClient(tmp_path / "s").ask(HELLO))


def test_a_writer_that_hangs_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        start = time.monotonic()
        with pytest.raises(OtLostError, match="TimeoutError"):
            asyncio.run(OtClient(tmp_path / "s", switch_seconds=0.2).ask(to_manual(1)))
        assert time.monotonic() - start < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_a_reply_or_lost(data: bytes) -> None:
    with pytest.raises(OtLostError):
        _decoded(data)
    good = OtReply(result=OtResult.OK, time=1)
    assert _decoded(msgspec.json.encode(good) + b"\n") == good
