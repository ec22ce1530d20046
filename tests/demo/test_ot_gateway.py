from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pullcord.demo import ot_gateway as module
from pullcord.demo.config import prepare
from pullcord.demo.ot_gateway import OtGateway, Reporter
from pullcord.demo.place import write_link
from tests.demo.programs import Receiver, until

TRACE = "0" * 31 + "1"


class Kept(Reporter):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def tell(self, event: dict[str, Any]) -> None:
        self.told.append(event)


@pytest.mark.parametrize(
    ("tag", "value", "answer", "told"),
    [
        ("WI-07.limit", "9.5", "refused: outside the envelope (0.5 to 2.0)", 1),
        ("WI-07.limit", "-1", "refused: outside the envelope (0.5 to 2.0)", 1),
        ("LC07.Muting", "1", "refused: this tag cannot be written", 1),
        ("WI-07.limit", "nan", "refused: the value is no number", 0),
        ("WI-07.limit", "1e999", "refused: the value is no number", 0),
        ("WI-07.limit", "loose", "refused: the value is no number", 0),
        ("WI-07.limit", "", "refused: the value is no number", 0),
    ],
)
def test_what_is_refused_is_told(tmp_path: Path, tag: str, value: str, answer: str, told: int) -> None:
    reporter = Kept()
    gateway = OtGateway(prepare(tmp_path), reporter)
    assert gateway.write("maintenance-copilot", {"tag": tag, "value": value}, TRACE) == answer
    assert [one["attributes"]["ot.envelope.result"] for one in reporter.told] == ["rejected"] * told


def test_events_wait_for_pullcord_and_what_it_never_takes_holds_nothing_up(tmp_path: Path) -> None:
    prepare(tmp_path)
    reporter = Reporter(tmp_path)
    gateway = OtGateway(prepare(tmp_path), reporter)
    gateway.write("copilot", {"tag": "WI-07.limit", "value": "9.5"}, "")
    gateway.write("copilot", {"tag": "WI-07.limit", "value": "8.5"}, TRACE)
    assert reporter.waiting == 2
    with Receiver() as receiver:
        receiver.status = 503
        write_link(tmp_path, receiver.url)
        assert not until(lambda: reporter.waiting < 2, 0.7)
        receiver.status = 200
        assert until(lambda: len(receiver.events) == 2)
        assert receiver.tokens["/api/v1/events"] == f"Bearer {(tmp_path / 'secrets/gateway').read_text()}"
        assert len({event["id"] for event in receiver.events}) == 2
        assert [event.get("trace_id") for event in receiver.events] == [None, TRACE]
        receiver.status = 400
        reporter.tell({"id": "never taken"})
        assert until(lambda: reporter.waiting == 0)


def test_the_oldest_goes_when_too_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    reporter = Reporter(tmp_path)
    for number in range(5):
        reporter.tell({"id": str(number)})
    assert (reporter.waiting, reporter.lost) == (2, 3)
