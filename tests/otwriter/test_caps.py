from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.ot import AllowList, OtReply, OtResult
from pullcord.model.times import HOUR, SECOND
from pullcord.otwriter import caps
from pullcord.otwriter.memory import Answer, Memory, MemoryFile, Sent
from tests.otwriter.build import SWITCH
from tests.otwriter.plant import allowing

NOW = 1_800_000_000 * SECOND


def systems(count: int, **changes: int) -> AllowList:
    import msgspec

    named = [msgspec.structs.replace(SWITCH, system=f"s{number}") for number in range(count)]
    return allowing(*named, **changes)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[MemoryFile]:
    made = MemoryFile(tmp_path / "state")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("count", "share", "most"), [(1, 50, 1), (3, 1, 1), (4, 50, 2), (5, 50, 2), (10, 100, 10)]
)
def test_the_share_rounds_down_but_one_may_always(count: int, share: int, most: int) -> None:
    assert caps.most_held(systems(count, share_percent=share)) == most


@given(st.lists(st.integers(-2 * HOUR, 2 * HOUR), max_size=8), st.integers(1, 5))
def test_no_hour_sees_more_requests_than_the_cap(ages: list[int], most: int) -> None:
    memory = Memory(sent=tuple(Sent(system="s0", time=NOW - age) for age in ages))
    refused = caps.refusal(systems(1, switches_per_hour=most), memory, "s0", NOW) is not None
    assert refused == (sum(age < HOUR for age in ages) >= most)


def test_a_request_is_on_the_disk_before_it_goes(file: MemoryFile) -> None:
    assert caps.reserve(file, systems(2), "k", "s0", NOW) is None
    file.close()
    again = MemoryFile(file.path)
    assert again.now.sent == (Sent(system="s0", time=NOW),)
    assert again.now.held == ("s0",)
    assert again.now.answers == (Answer(key="k", system="s0", time=NOW, sent=True),)
    again.close()


def test_the_share_counts_others_that_are_held_and_still_listed(file: MemoryFile) -> None:
    allow = systems(2)
    caps.reserve(file, allow, "k", "s0", NOW)
    assert "share cap" in (caps.reserve(file, allow, "k2", "s1", NOW) or "")
    assert caps.share_refusal(allow, file.now, "s0") is None
    caps.release(file, "s0")
    assert caps.reserve(file, allow, "k3", "s1", NOW) is None
    file.keep(held=("gone",))
    assert caps.share_refusal(allow, file.now, "s1") is None


def test_what_a_cap_refused_is_not_counted(file: MemoryFile) -> None:
    allow = systems(1, switches_per_hour=1)
    caps.reserve(file, allow, "k", "s0", NOW)
    before = file.now
    assert "rate cap" in (caps.reserve(file, allow, "k2", "s0", NOW) or "")
    assert file.now == before


def test_an_answer_does_not_forget_that_it_was_sent(file: MemoryFile) -> None:
    caps.reserve(file, systems(1), "k", "s0", NOW)
    reply = OtReply(result=OtResult.DONE, time=NOW)
    caps.settle(file, Answer(key="k", system="s0", time=NOW, reply=reply))
    assert file.answer("k") == Answer(key="k", system="s0", time=NOW, sent=True, reply=reply)
    caps.settle(file, Answer(key="k2", system="s0", time=NOW, reply=reply))
    kept = file.answer("k2")
    assert kept is not None
    assert not kept.sent
