from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.trace import Tracer

from pullcord.demo import outbox as module
from pullcord.demo.config import prepare
from pullcord.demo.outbox import Outbox
from pullcord.demo.place import write_link
from pullcord.demo.spans import make_tracer
from tests.demo.programs import Receiver, until


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    prepare(tmp_path)
    made = Outbox(tmp_path)
    yield made
    made.shutdown()


def emit(tracer: Tracer, *names: str) -> None:
    for name in names:
        tracer.start_span(name).end()


def test_spans_wait_for_pullcord_and_none_is_lost_when_it_moves(tmp_path: Path, outbox: Outbox) -> None:
    tracer = make_tracer(outbox)
    emit(tracer, "a")
    with Receiver() as first:
        write_link(tmp_path, first.url)
        assert until(lambda: [span.name for span in first.spans] == ["a"])
        assert first.tokens["/v1/traces"] == f"Bearer {(tmp_path / 'secrets/copilot').read_text()}"
    emit(tracer, "b")
    with Receiver() as second:
        second.status = 503
        write_link(tmp_path, second.url)
        emit(tracer, "c")
        second.status = 200
        assert until(lambda: len(second.spans) == 2)
        assert [span.name for span in second.spans] == ["b", "c"]
    assert until(lambda: outbox.waiting == 0)
    assert outbox.lost == 0


def test_a_refused_token_is_tried_again(tmp_path: Path, outbox: Outbox) -> None:
    with Receiver() as receiver:
        receiver.status = 401
        write_link(tmp_path, receiver.url)
        emit(make_tracer(outbox), "a")
        assert not until(lambda: outbox.waiting == 0, 0.5)
        receiver.status = 200
        assert until(lambda: [span.name for span in receiver.spans] == ["a"])


def test_the_oldest_goes_when_too_many_wait(
    tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 3)
    emit(make_tracer(outbox), "a", "b", "c", "d", "e")
    assert (outbox.waiting, outbox.lost) == (3, 2)
    with Receiver() as receiver:
        write_link(tmp_path, receiver.url)
        assert until(lambda: [span.name for span in receiver.spans] == ["c", "d", "e"])
    assert outbox.force_flush()
