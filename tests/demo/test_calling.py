from __future__ import annotations

import socket
import threading

import pytest

from pullcord.demo import calling
from pullcord.demo.errors import NoAnswerError
from tests.demo.programs import Receiver


def test_nobody_there_is_status_0() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(NoAnswerError) as caught:
            calling.ask("GET", held.getsockname()[1], "/")
    assert caught.value.status == 0


def test_a_silent_one_is_not_waited_for() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        with pytest.raises(NoAnswerError) as caught:
            calling.ask("GET", held.getsockname()[1], "/", seconds=0.2)
    assert caught.value.status == 0


def test_an_answer_that_is_no_json_object_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:

        def answer() -> None:
            peer, _ = held.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NoAnswerError, match="no JSON object"):
            calling.ask("GET", held.getsockname()[1], "/")
        thread.join()


def test_bytes_arrive_with_their_token() -> None:
    with Receiver() as receiver:
        calling.post(receiver.server_address[1], "/api/v1/events", b'{"a":1}\n', "application/x-ndjson", "t")
        assert receiver.events == [{"a": 1}]
        assert receiver.tokens == {"/api/v1/events": "Bearer t"}
        receiver.status = 503
        with pytest.raises(NoAnswerError) as caught:
            calling.post(receiver.server_address[1], "/api/v1/events", b"{}\n", "application/x-ndjson", "t")
    assert caught.value.status == 503
