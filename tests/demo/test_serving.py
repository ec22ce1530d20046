from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.demo import calling
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.serving import Request, Route, Server


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    routes = {
        "GET /open": Route(lambda request: (200, {"q": request.text("q", "none")})),
        "POST /open": Route(lambda request: (200, {"body": request.body})),
        "POST /closed": Route(lambda _: (200, {"in": True}), "the secret"),
    }
    with Server(0, routes) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.port
        server.shutdown()
        thread.join()


def raw(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_query_and_body_reach_the_handler(port: int) -> None:
    assert calling.ask("GET", port, "/open?q=x") == {"q": "x"}
    assert calling.ask("POST", port, "/open", {"a": [1]}) == {"body": {"a": [1]}}


def test_text_is_text() -> None:
    assert Request({"a": 1, "b": "x"}).text("a", "d") == "d"
    assert Request({"b": "x"}, {"b": "y"}).text("b") == "x"


@pytest.mark.parametrize("token", ["", "wrong", "the secre", "thé secret".encode().decode("latin-1")])
def test_a_wrong_token_stays_outside(port: int, token: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        calling.ask("POST", port, "/closed", {}, token=token)
    assert caught.value.status == 401


def test_the_right_token_comes_in(port: int) -> None:
    assert calling.ask("POST", port, "/closed", {}, token="the secret") == {"in": True}


def test_pages_of_other_hosts_and_forms_stay_outside(port: int) -> None:
    json = {"Content-Type": "application/json"}
    assert raw(port, "GET", "/open", None, {"Host": "evil.example"}) == 421
    assert raw(port, "POST", "/open", b"{}", {"Content-Type": "text/plain"}) == 415
    assert raw(port, "POST", "/open", b"{}", {"Content-Type": "application/x-www-form-urlencoded"}) == 415
    assert raw(port, "POST", "/open", b"{}", json) == 200


def test_bounds(port: int) -> None:
    json = {"Content-Type": "application/json"}
    assert raw(port, "POST", "/open", b" " * 300_000, json) == 413
    assert raw(port, "POST", "/open", b"{}", {**json, "Content-Length": "9" * 5_000}) == 413
    assert raw(port, "POST", "/open", b"{}", {**json, "Content-Length": "-1"}) == 413
    assert raw(port, "GET", "/nowhere", None, {}) == 404


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.just(b"[" * 10_000))
def test_no_body_breaks_it(port: int, body: bytes) -> None:
    assert raw(port, "POST", "/open", body, {"Content-Type": "application/json"}) in (200, 400)
