from __future__ import annotations

import pytest

from pullcord.intake.followed import Place
from pullcord.intake.positions import MOST, load, save
from tests.intake.memory import Memory


def test_what_was_kept_comes_back() -> None:
    memory = Memory()
    places = [Place(device=1, inode=2, life="a", offset=3, before="b", inside=True)]
    save(memory, "one", places)
    assert load(memory, "one", list[Place]) == places
    assert load(memory, "other", list[Place]) is None


@pytest.mark.parametrize("kept", ["", "{", "[1]", '[{"device": 1}]', " " * (MOST + 1)])
def test_what_is_damaged_is_as_if_nothing_was_kept(kept: str) -> None:
    memory = Memory()
    memory.save("one", kept)
    assert load(memory, "one", list[Place]) is None
