from __future__ import annotations

import time
from collections.abc import Iterator
from xmlrpc.client import Fault

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.errors import UsageError
from pullcord.responders import probe
from pullcord.responders.errors import NoAnswerError
from pullcord.responders.supervisor_rpc import Program, Supervisor, _decoded
from tests.responders.build import free_port, serving
from tests.responders.supervised import PASSWORD, Supervised, supervised


@pytest.fixture(scope="module")
def system() -> Iterator[Supervised]:
    with supervised() as built:
        yield built


def test_it_speaks_over_a_unix_socket_and_over_tcp(system: Supervised) -> None:
    over_tcp = Supervisor(f"http://127.0.0.1:{system.port}", "pullcord", PASSWORD)
    found = over_tcp.info("agent")
    assert found is not None
    assert (found.state, found.is_up, found.pid > 0) == ("RUNNING", True, True)
    assert system.rpc.info("agent") == found
    assert over_tcp.is_local


def test_a_wrong_password_is_no_answer_and_is_not_shown(system: Supervised) -> None:
    with pytest.raises(NoAnswerError, match="status 401") as refused:
        Supervisor(f"http://127.0.0.1:{system.port}", "pullcord", "hunter2").info("agent")
    assert "hunter2" not in repr(refused.value) + str(refused.value.__cause__)


def test_stopping_and_starting_twice_is_fine(system: Supervised) -> None:
    rpc = system.rpc
    for _ in range(2):
        rpc.start("standin")
    system.until("standin", "RUNNING")
    rpc.start("standin")
    rpc.stop("standin")
    system.until("standin", "STOPPED")
    rpc.stop("standin")
    assert rpc.info("standin") == Program("STOPPED", 0)


def test_a_program_it_does_not_know(system: Supervised) -> None:
    for name in ("nobody", "a:b", "", "<!DOCTYPE x>", "ü" * 200):
        assert system.rpc.info(name) is None
        with pytest.raises(NoAnswerError, match="fault"):
            system.rpc.stop(name)


def test_a_program_that_cannot_start_is_refused(system: Supervised) -> None:
    with pytest.raises(NoAnswerError, match="fault 20"):
        system.rpc.start("broken")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"<methodResponse/>",
        b"<methodResponse><params><param><value><int>1</int></value></param></params></methodResponse>",
        b"<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><methodResponse/>',
        b"<a>" * 50_000,
        b" " * 300_000,
    ],
)
def test_an_answer_of_another_shape_is_no_answer(data: bytes) -> None:
    with serving(lambda _: (200, data)) as url, pytest.raises(NoAnswerError):
        Supervisor(url.removesuffix("/probe")).info("agent")


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_SECONDS", 0.2)
    begin = time.monotonic()
    for url in (f"http://127.0.0.1:{free_port()}", "unix:///nowhere/at/all"):
        with pytest.raises(NoAnswerError, match="does not answer"):
            Supervisor(url).info("agent")
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    "url",
    [
        "",
        "agent",
        "ftp://a",
        "unix://",
        "unix://a/b",
        "http://",
        "http://a:x",
        "http://[::1",
        "http://u:hunter2@a/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Supervisor(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("state", "up"),
    [("BACKOFF", True), ("STOPPING", True), ("FATAL", False), ("EXITED", False), ("STOPPED", False)],
)
def test_what_comes_back_by_itself_counts_as_up(state: str, *, up: bool) -> None:
    assert Program(state, 0).is_up is up


@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/methodResponsparvluintstring \n&;", max_size=300).map(str.encode)
)
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    with pytest.raises((NoAnswerError, Fault)):
        _decoded(data)
