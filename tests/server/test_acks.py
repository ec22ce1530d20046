from __future__ import annotations

from pullcord.server.acks import Acks


def test_what_was_handed_out_is_true() -> None:
    acks = Acks()
    assert [acks.hand_out("s", "c") for _ in range(3)] == [0, 1, 2]
    assert acks.known("s", "c", [0, 2, 3, -1]) == {"0": True, "2": True, "3": False, "-1": False}


def test_channels_belong_to_sources() -> None:
    acks = Acks()
    acks.hand_out("s", "c")
    assert acks.known("other", "c", [0]) == {"0": False}
    assert acks.known("s", "other", [0]) == {"0": False}


def test_channels_are_bounded() -> None:
    acks = Acks(most=2)
    for channel in ("a", "b", "a", "c"):
        acks.hand_out("s", channel)
    assert acks.forgotten == 1
    assert acks.known("s", "b", [0]) == {"0": False}
    assert acks.known("s", "a", [1]) == {"1": True}
