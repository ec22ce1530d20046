from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pullcord.app.live.forward import Destination, Forwarder, Pace, last_place
from pullcord.connectors.forward.cef import to_cef
from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.rfc5424 import message
from pullcord.connectors.forward.sender import Transport
from pullcord.connectors.forward.syslog import SyslogSender
from pullcord.model.finding import Finding, Severity
from pullcord.store.state import SqlState, open_state
from tests.connectors.forward.receivers import Asked, SyslogServer, http_server
from tests.connectors.forward.samples import sample

PATIENCE = 30
PACE = Pace(batch=10, look=0.05, back_off=(0.02, 0.05), patience=5)


class Box:
    """A destination in memory: takes, refuses what it is told to, or is down."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.batches: list[int] = []
        self.poison: set[str] = set()
        self.down = False
        self.closed = False
        self.tended = 0

    def send(self, findings: Sequence[Finding]) -> None:
        if self.down:
            raise UnreachableError("the box is down", "wait")
        if self.poison & {finding.id for finding in findings}:
            raise RefusedError("the box does not like it", "nothing")
        self.batches.append(len(findings))
        self.taken += [finding.id for finding in findings]

    def tend(self) -> None:
        self.tended += 1

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqlState]:
    with open_state(tmp_path / "state") as made:
        yield made


def put(state: SqlState, *findings: Finding) -> None:
    with state.transaction() as tx:
        tx.put_findings(findings)


def wait(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    assert true()


def ids(numbers: Sequence[int]) -> list[str]:
    return [sample(number).id for number in numbers]


def test_findings_go_out_in_the_order_they_became_durable(state: SqlState) -> None:
    box = Box()
    put(state, sample(9))
    forwarder = Forwarder(state, [Destination("box", box, history=True)], pace=PACE)
    forwarder.start()
    put(state, *(sample(number) for number in (30, 2, 7)))
    forwarder.wake()
    wait(lambda: len(box.taken) == 4)
    put(state, sample(1), sample(9))
    wait(lambda: len(box.taken) == 5)
    wait(lambda: box.tended > 0)
    forwarder.close()
    assert box.taken[0] == sample(9).id
    assert box.taken[4] == sample(1).id
    assert box.closed
    health = forwarder.health()["forward.box"]
    assert (health["sent"], health["errors"], health["failing"]) == (5, 0, 0)


def test_a_new_destination_begins_with_what_comes(state: SqlState) -> None:
    box = Box()
    put(state, *(sample(number) for number in range(50)))
    first = Forwarder(state, [Destination("box", box)], pace=PACE)
    first.start()
    # Killed here, the next run begins at the same place.
    put(state, sample(50))
    first.close()
    put(state, sample(51))
    again = Forwarder(state, [Destination("box", box)], pace=PACE)
    again.start()
    wait(lambda: len(box.taken) >= 2)
    again.close()
    assert box.taken == ids([50, 51])


def test_batches_are_bounded(state: SqlState) -> None:
    box = Box()
    put(state, *(sample(number) for number in range(95)))
    forwarder = Forwarder(state, [Destination("box", box, history=True)], pace=PACE)
    forwarder.start()
    wait(lambda: len(box.taken) == 95)
    forwarder.close()
    assert max(box.batches) == 10


def test_one_that_is_down_holds_up_nobody_and_misses_nothing(
    state: SqlState, caplog: pytest.LogCaptureFixture
) -> None:
    well, ill = Box(), Box()
    ill.down = True
    forwarder = Forwarder(
        state, [Destination("ill", ill, history=True), Destination("well", well, history=True)], pace=PACE
    )
    forwarder.start()
    put(state, *(sample(number) for number in range(25)))
    wait(lambda: len(well.taken) == 25)
    wait(lambda: forwarder.health()["forward.ill"]["failing"] >= 4)
    ill.down = False
    wait(lambda: sorted(ill.taken) == ids(range(25)))
    forwarder.close()
    assert forwarder.health()["forward.ill"]["failing"] == 0
    told = [record for record in caplog.records if "to ill" in record.getMessage()]
    assert len(told) <= 2
    assert "the box is down" in told[0].getMessage()


def test_a_finding_that_is_refused_does_not_cost_the_others(
    state: SqlState, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    box = Box()
    box.poison = set(ids([3, 7]))
    put(state, *(sample(number) for number in range(10)))
    forwarder = Forwarder(state, [Destination("box", box, history=True)], pace=PACE)
    forwarder.start()
    wait(lambda: forwarder.health()["forward.box"]["refused"] == 2)
    put(state, sample(10))
    wait(lambda: len(box.taken) == 9)
    forwarder.close()
    assert sorted(box.taken) == ids([0, 1, 2, 4, 5, 6, 8, 9, 10])
    assert sample(3).id in caplog.text


def test_one_that_refuses_everything_is_a_wrong_setting_and_costs_nothing(state: SqlState) -> None:
    box = Box()
    box.poison = set(ids(range(5)))
    put(state, *(sample(number) for number in range(5)))
    forwarder = Forwarder(state, [Destination("box", box, history=True)], pace=PACE)
    forwarder.start()
    wait(lambda: forwarder.health()["forward.box"]["failing"] >= 3)
    assert forwarder.health()["forward.box"]["refused"] == 0
    box.poison = set()
    wait(lambda: sorted(box.taken) == ids(range(5)))
    forwarder.close()


def test_low_and_suppressed_findings_stay_here(state: SqlState) -> None:
    box = Box()
    put(
        state,
        sample(1, severity=Severity.LOW),
        sample(2),
        sample(3, suppressed="night-bot"),
        sample(4, severity=Severity.CRITICAL),
    )
    destination = Destination("box", box, Severity.HIGH, history=True)
    forwarder = Forwarder(state, [destination], PACE)
    forwarder.start()
    wait(lambda: forwarder.health()["forward.box"]["place"] == 4)
    forwarder.close()
    assert box.taken == ids([2, 4])
    assert forwarder.health()["forward.box"]["passed_over"] == 2


def test_it_stops_while_the_destination_is_down(state: SqlState) -> None:
    box = Box()
    box.down = True
    put(state, sample(1))
    forwarder = Forwarder(state, [Destination("box", box, history=True)], pace=Pace(back_off=(60.0,)))
    forwarder.start()
    wait(lambda: forwarder.health()["forward.box"]["failing"] == 1)
    begun = time.monotonic()
    forwarder.close()
    forwarder.close()
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7, 8, 9, 100])
def test_the_newest_place_is_found(state: SqlState, number: int) -> None:
    put(state, *(sample(place) for place in range(number)))
    with state.transaction() as tx:
        assert last_place(tx) == number


def test_a_syslog_receiver_that_goes_away_and_comes_back_misses_nothing(state: SqlState) -> None:
    with SyslogServer() as server:
        port = server.port
        sender = SyslogSender(
            ("127.0.0.1", port), Transport.TCP, lambda one: message(one, "plant", to_cef), seconds=2
        )
        forwarder = Forwarder(state, [Destination("siem", sender, history=True)], pace=PACE)
        forwarder.start()
        put(state, *(sample(number) for number in range(30)))
        wait(lambda: len(server.messages) == 30)
    put(state, *(sample(number) for number in range(30, 60)))
    wait(lambda: forwarder.health()["forward.siem"]["failing"] >= 2)
    with SyslogServer(port=port) as back:
        wait(lambda: forwarder.health()["forward.siem"]["place"] == 60)
        forwarder.close()
        wait(lambda: all(any(key in line for line in back.messages) for key in ids(range(30, 60))))
        assert back.connections == 1


def test_kills_lose_nothing(tmp_path: Path) -> None:
    number = 120
    got: list[str] = []

    def answer(asked: Asked) -> tuple[int, bytes]:
        got.extend(one["finding_info"]["uid"] for one in json.loads(asked.body)["data"])
        return 200, b""

    with http_server(answer) as server:
        command = [sys.executable, "-m", "tests.app.live.forwarding", str(tmp_path), server.url, str(number)]
        for aim in (20, 40, 60, 80, 100, number):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                try:
                    wait(lambda aim=aim: len(set(got)) >= aim)  # type: ignore[misc]
                finally:
                    process.kill()
    assert set(got) == set(ids(range(number)))
