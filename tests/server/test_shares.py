from __future__ import annotations

from pullcord.server.shares import LEAST, Shares


def fill(shares: Shares, name: str) -> int:
    """How many requests of one source come in."""
    count = 0
    while shares.room(name):
        shares.enter(name)
        count += 1
    return count


def test_each_gets_half_of_what_is_left() -> None:
    shares = Shares(32, 1_000, 10)
    assert [fill(shares, name) for name in "abcd"] == [16, 8, 4, LEAST]


def test_few_places_are_not_divided() -> None:
    assert fill(Shares(2, 1_000, 10), "a") == LEAST


def test_places_come_back() -> None:
    shares = Shares(32, 1_000, 10)
    assert fill(shares, "a") == 16
    shares.leave("a", 0)
    assert fill(shares, "a") == 1


def test_bytes_are_shared_too() -> None:
    shares = Shares(32, 100, 10)
    shares.enter("a")
    assert shares.add("a", 50)
    assert not shares.add("a", 1)
    assert not shares.room("a")
    shares.enter("b")
    assert shares.add("b", 20)
    shares.leave("a", 51)
    assert shares.room("a")


def test_one_body_fits_in_any_case() -> None:
    shares = Shares(32, 20, 16)
    shares.enter("a")
    assert shares.add("a", 16)
    assert not shares.add("a", 1)


def test_nothing_is_kept_of_who_left() -> None:
    shares = Shares(32, 100, 10)
    for number in range(100):
        shares.enter(str(number))
        shares.add(str(number), 5)
        shares.leave(str(number), 5)
    assert (shares._inside, shares._bytes, shares._all_bytes) == ({}, {}, 0)
