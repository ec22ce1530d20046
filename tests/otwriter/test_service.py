from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.ot import OtReply, OtRequest, OtResult, OtVerb, Switch
from pullcord.model.times import HOUR, MINUTE, SECOND
from pullcord.otwriter.memory import Answer, MemoryFile
from pullcord.otwriter.service import Service
from tests.otwriter.build import to_manual
from tests.otwriter.plant import AUTO, GUARD, MANUAL, READBACK, Plc, allowing


class Writer:
    """A service over a memory file, with a clock that can be moved."""

    def __init__(self, path: Path) -> None:
        self.path, self.file, self.ahead = path, MemoryFile(path), 0

    def now(self) -> int:
        return time.time_ns() + self.ahead

    def ask(self, request: OtRequest, *switches: Switch, **caps: int) -> OtReply:
        return asyncio.run(Service(allowing(*switches, **caps), self.file, self.now).answer(request))

    def switch(self, plc: Plc, key: str = "k1", **changes: str) -> OtReply:
        return self.ask(to_manual(self.now(), key, **changes), plc.switch())

    def read(self, *switches: Switch, system: str = "dosing") -> OtReply:
        return self.ask(OtRequest(verb=OtVerb.READ, time=self.now(), system=system), *switches)

    def restart(self) -> None:
        self.file.close()
        self.file = MemoryFile(self.path)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "state")
    yield made
    made.file.close()


def test_hello_says_whose_writer_it_is(writer: Writer, plc: Plc) -> None:
    reply = writer.ask(OtRequest(verb=OtVerb.HELLO, time=0), plc.switch())
    assert reply.result is OtResult.OK
    assert "'north', allow-list version 3, 1 systems" in reply.detail


def test_reading_tells_all_and_changes_nothing(writer: Writer, plc: Plc) -> None:
    reply = writer.read(plc.switch())
    assert (reply.result, reply.mode, reply.automatic, reply.interlocks) == (
        OtResult.OK,
        AUTO,
        True,
        {GUARD: "true"},
    )
    assert reply.problems == ()
    assert plc.writes == []


def test_an_unlisted_system_is_never(writer: Writer, plc: Plc) -> None:
    reply = writer.switch(plc, system="burner")
    assert reply.result is OtResult.REFUSED
    assert reply.detail.startswith("never")
    assert plc.writes == []


@pytest.mark.parametrize("ahead", [61, -61])
def test_clocks_that_disagree_refuse_a_switch_but_not_a_look(writer: Writer, plc: Plc, ahead: int) -> None:
    request = to_manual(time.time_ns() + ahead * 10**9)
    reply = writer.ask(request, plc.switch())
    assert reply.result is OtResult.REFUSED
    assert "clocks differ by 61 s" in reply.detail or "clocks differ by 60 s" in reply.detail
    assert writer.ask(msgspec.structs.replace(request, verb=OtVerb.READ), plc.switch()).result is OtResult.OK
    assert plc.writes == []


def test_a_switch_without_a_key_is_refused(writer: Writer, plc: Plc) -> None:
    assert writer.switch(plc, key="").result is OtResult.REFUSED
    assert plc.writes == []


def test_the_same_key_gets_the_same_answer_after_a_restart_and_one_request_goes_out(
    writer: Writer, plc: Plc
) -> None:
    first = writer.switch(plc)
    writer.restart()
    plc.set(READBACK, AUTO)  # people gave it back; the old key must not take it again
    again = writer.switch(plc)
    assert first.result is OtResult.DONE
    assert msgspec.structs.replace(again, time=0) == msgspec.structs.replace(first, time=0)
    assert again.time > first.time
    assert plc.writes == [MANUAL]


def test_a_key_belongs_to_one_system(writer: Writer, plc: Plc) -> None:
    writer.switch(plc)
    reply = writer.ask(to_manual(writer.now(), system="oven"), plc.switch(), plc.switch("oven"))
    assert reply.result is OtResult.REFUSED
    assert "another system" in reply.detail


def test_two_requests_at_once_send_one(writer: Writer, plc: Plc) -> None:
    async def both() -> list[OtReply]:
        service = Service(allowing(plc.switch()), writer.file, writer.now)
        asked = [to_manual(writer.now(), key) for key in ("k1", "k2")]
        return await asyncio.gather(*map(service.answer, asked))

    assert {reply.result for reply in asyncio.run(both())} == {OtResult.DONE, OtResult.ALREADY}
    assert plc.writes == [MANUAL]


@pytest.mark.parametrize(("mode", "result"), [(MANUAL, OtResult.DONE), (AUTO, OtResult.UNKNOWN)])
def test_a_key_sent_before_a_crash_is_looked_at_and_never_sent_again(
    writer: Writer, plc: Plc, mode: str, result: OtResult
) -> None:
    writer.file.keep(answers=(Answer(key="k1", system="dosing", time=1, sent=True),))
    writer.restart()
    plc.reset(mode)
    reply = writer.switch(plc)
    assert reply.result is result
    assert "before a crash" in reply.detail
    assert plc.writes == []


def test_the_rate_cap_holds_over_a_restart_and_ends_after_an_hour(writer: Writer, plc: Plc) -> None:
    switch = plc.switch()
    for number in range(2):
        assert (
            writer.ask(to_manual(writer.now(), f"k{number}"), switch, switches_per_hour=2).result
            is OtResult.DONE
        )
        plc.reset()
    writer.restart()
    reply = writer.ask(to_manual(writer.now(), "k3"), switch, switches_per_hour=2)
    assert reply.result is OtResult.REFUSED
    assert "rate cap" in reply.detail
    assert plc.writes == []
    writer.ahead = HOUR + MINUTE
    plc.age = -(HOUR + MINUTE) / SECOND  # the PLC's clock goes with ours
    plc.set(READBACK, AUTO)
    assert writer.ask(to_manual(writer.now(), "k4"), switch, switches_per_hour=2).result is OtResult.DONE


def test_the_share_cap_counts_what_we_hold_until_people_give_it_back(writer: Writer, plc: Plc) -> None:
    both = (plc.switch(longest_age_seconds=300.0), plc.other())
    assert writer.ask(to_manual(writer.now()), *both).result is OtResult.DONE
    writer.restart()
    refused = writer.ask(to_manual(writer.now(), "k2", "oven"), *both)
    assert refused.result is OtResult.REFUSED
    assert "share cap: 1 of 2" in refused.detail
    plc.set(READBACK, AUTO)
    # A PLC that is only slow must not look like people who switched back.
    assert "share cap" in writer.ask(to_manual(writer.now(), "k3", "oven"), *both).detail
    writer.ahead = 2 * MINUTE
    assert writer.ask(to_manual(writer.now(), "k4", "oven"), *both).result is OtResult.DONE
    assert writer.file.now.held == ("oven",)


def test_what_the_plc_refused_is_not_held_but_counts(writer: Writer, plc: Plc) -> None:
    plc.lock("ns=2;s=Mode.Request")
    assert writer.switch(plc).result is OtResult.REFUSED
    assert writer.file.now.held == ()
    assert len(writer.file.now.sent) == 1


def test_a_disk_that_takes_nothing_lets_nothing_out(writer: Writer, plc: Plc) -> None:
    writer.file.path = writer.path.parent / "gone" / "state"
    reply = writer.switch(plc)
    assert reply.result is OtResult.REFUSED
    assert "not sent" in reply.detail
    assert plc.writes == []


def test_an_unreachable_plc_is_unknown_to_a_look_and_refused_to_a_switch(writer: Writer, plc: Plc) -> None:
    gone = plc.switch(endpoint="opc.tcp://127.0.0.1:9/")
    assert writer.read(gone).result is OtResult.UNKNOWN
    reply = writer.ask(to_manual(writer.now()), gone)
    assert reply.result is OtResult.REFUSED
    assert reply.detail.startswith("not sent")


def test_every_answer_is_a_line_of_the_log(
    writer: Writer, plc: Plc, capsys: pytest.CaptureFixture[str]
) -> None:
    writer.switch(plc, system="burner")
    line = msgspec.json.decode(capsys.readouterr().err)
    assert (line["event"], line["system"], line["key"], line["result"]) == (
        "answer",
        "burner",
        "k1",
        "refused",
    )
