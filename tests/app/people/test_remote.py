from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pullcord.app.people import remote as module
from pullcord.app.people.endpoint import write_endpoint
from pullcord.app.people.remote import NoAnswerError, NotRunningError, Remote, connect, read_token, refusal
from pullcord.model.errors import PullcordError, UsageError
from tests.app.desks import PLAN
from tests.app.running import running


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A server that gives every request this answer; the address, and what it was asked."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.path} {self.headers.get('Authorization')}")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_person_reaches_the_running_pullcord(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        ann = connect(run.state, run.tokens["ann"])
        assert [one["id"] for one in ann.get("waiting")] == [PLAN.id]
        told = ann.post("plans", PLAN.id, "decisions", body={"hash": PLAN.hash, "decision": "approve"})
        assert told["role"] == "approver-ot"
        with pytest.raises(PullcordError) as again:
            ann.post("plans", PLAN.id, "decisions", body={"hash": PLAN.hash, "decision": "approve"})
        assert again.value.code == "PC-5025"
        assert not isinstance(again.value, UsageError)
        with pytest.raises(PullcordError, match="no plan") as unknown:
            ann.get("plans", "plan-0")
        assert unknown.value.code == "PC-6102"
        with pytest.raises(UsageError) as stranger:
            Remote(run.url, "not-a-token-of-anybody").get("waiting")
        assert stranger.value.code == "PC-6103"
        with pytest.raises(UsageError, match="mode"):
            ann.post("systems", "Copilot", "mode", body={"mode": "full-auto"})
    with pytest.raises(NotRunningError, match="not running"):
        connect(run.state, run.tokens["ann"])


def test_names_are_quoted_into_the_address() -> None:
    with answering(200, b"{}") as (url, seen):
        Remote(url, "secret").get("plans", "a b/../c?d#e")
    assert seen == ["/api/v1/plans/a%20b%2F..%2Fc%3Fd%23e Bearer secret"]


def test_the_token_goes_neither_through_a_proxy_nor_after_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b"{}") as (other, stolen), answering(307, b"", Location=other) as (url, seen):
        monkeypatch.setenv("HTTP_PROXY", other)
        monkeypatch.setenv("ALL_PROXY", other)
        with pytest.raises(NoAnswerError):
            Remote(url, "secret").get("waiting")
        assert len(seen) == 1
        assert stolen == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'{"a":'])
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    with answering(200, body) as (url, _), pytest.raises(NoAnswerError, match="no JSON"):
        Remote(url, "secret").get("waiting")


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_ANSWER", 1_000)
    with answering(200, b'"' + b"x" * 2_000 + b'"') as (url, _), pytest.raises(NoAnswerError, match="larger"):
        Remote(url, "secret").get("waiting")


def test_a_server_that_hangs_or_is_gone_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NoAnswerError, match="does not answer"):
            Remote(url, "secret", 0.1).get("waiting")
    with pytest.raises(NoAnswerError, match="ConnectError"):
        Remote(url, "secret", 0.1).get("waiting")


def test_what_the_api_refuses_keeps_code_cause_and_cure() -> None:
    error = refusal(409, {"code": "PC-5026", "cause": "yours", "cure": "ask others"})
    assert (str(error), isinstance(error, UsageError)) == ("PC-5026: yours; ask others", False)
    for status in (400, 401, 415):
        assert isinstance(refusal(status, {"code": "PC-6105", "cause": "a", "cure": "b"}), UsageError)
    values: list[object] = [None, [], "no", {}, {"code": 5, "cause": "a", "cure": "b"}]
    for value in values:
        assert type(refusal(500, value)) is NoAnswerError


def test_the_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULLCORD_TOKEN", raising=False)
    with pytest.raises(UsageError, match="no token"):
        read_token(None)
    monkeypatch.setenv("PULLCORD_TOKEN", " from-environment\n")
    assert read_token(None) == "from-environment"
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert read_token(file) == "from-file"
    for data in (b"", b" \n", b"\xff", b"two words", b"a\x00b", "ü".encode()):
        file.write_bytes(data)
        with pytest.raises(UsageError) as refused:
            read_token(file)
        assert "two words" not in str(refused.value)
    with pytest.raises(UsageError):
        read_token(tmp_path)


def test_an_address_that_cannot_be_asked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLCORD_TOKEN", "secret")
    write_endpoint(tmp_path, "http://a\x00b")
    with pytest.raises(PullcordError):
        connect(tmp_path, None).get("waiting")
