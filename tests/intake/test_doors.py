from __future__ import annotations

import pytest

from pullcord.intake.doors import Doors


def test_one_address_gets_its_share() -> None:
    doors = Doors(10)
    assert [doors.enter("10.0.0.1") for _ in range(6)] == [True] * 5 + [False]
    assert [doors.enter(f"10.0.0.{number}") for number in range(2, 8)] == [True] * 5 + [False]
    doors.leave("10.0.0.1")
    assert doors.enter("10.0.0.9")
    assert len(doors) == 10


def test_a_few_connections_are_for_everybody() -> None:
    doors = Doors(2)
    assert [doors.enter("a") for _ in range(3)] == [True, True, False]
    doors.leave("a")
    doors.leave("a")
    assert len(doors) == 0


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fe80::1%eth0", True),
        ("192.0.2.1", False),
        ("nobody", False),
    ],
)
def test_networks(host: str, allowed: bool) -> None:  # noqa: FBT001
    doors = Doors(10, ("10.0.0.0/8", "fe80::/10"))
    assert doors.allows(host) is allowed
    assert doors.enter(host) is allowed


def test_what_is_no_network() -> None:
    with pytest.raises(ValueError, match="plant"):
        Doors(1, ("plant",))
