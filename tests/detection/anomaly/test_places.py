from __future__ import annotations

from pullcord.detection.anomaly.places import AnyTrack, Key, Places
from pullcord.detection.anomaly.track import SETTLED
from pullcord.detection.anomaly.watch import Watch
from tests.detection.anomaly.build import declare

WATCH = Watch(declare(), 0, 5)


def key(name: str) -> Key:
    return 0, ("", name)


def known(name: str) -> AnyTrack:
    track = WATCH.fresh(("", name))
    for _ in range(SETTLED):
        track.judge.tail.add(1.0, WATCH.court.quantile)
    return track


def test_the_longest_unused_stranger_makes_room() -> None:
    places = Places(3)
    for name in "abc":
        assert places.put(key(name), WATCH.fresh(("", name))) is None
    places.use(key("a"))
    assert places.put(key("d"), WATCH.fresh(("", "d"))) == key("b")
    assert len(places) == 3
    assert places.use(key("b")) is None


def test_a_flood_of_strangers_leaves_the_known_alone() -> None:
    places = Places(100)
    for number in range(80):
        places.put(key(f"k{number}"), known(f"k{number}"))
    for number in range(10_000):
        places.put(key(f"s{number}"), WATCH.fresh(("", f"s{number}")))
    assert len(places) == 100
    assert all(places.look(key(f"k{number}")) is not None for number in range(80))


def test_strangers_have_their_fifth() -> None:
    places = Places(10)
    for number in range(10):
        places.put(key(f"k{number}"), known(f"k{number}"))
    assert places.put(key("s"), WATCH.fresh(("", "s"))) == key("k0")
    assert places.look(key("s")) is not None


def test_a_stranger_becomes_known() -> None:
    places, track = Places(5), WATCH.fresh(("", "a"))
    places.put(key("a"), track)
    places.settle(key("a"), track)
    for _ in range(SETTLED):
        track.judge.tail.add(1.0, WATCH.court.quantile)
    places.settle(key("a"), track)
    for name in "bcdefg":
        places.put(key(name), WATCH.fresh(("", name)))
    assert places.use(key("a")) is track
    assert dict(places)[key("a")] is track
