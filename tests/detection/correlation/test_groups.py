from __future__ import annotations

from pullcord.detection.correlation.entry import LONGEST_ENTITY, MOST_ENTITIES, Context, Entry, pack
from pullcord.detection.correlation.groups import Groups, Limits
from pullcord.detection.correlation.occurrence import Bucket
from pullcord.detection.stream import MOST_VALUE
from pullcord.model.event import SourceTrust
from pullcord.model.times import SECOND
from tests.detection.correlation.scenarios import rule_set

CONTEXT = Context("s", "a", None, SourceTrust.AUTHENTICATED, text=False, entities=("user:ann",))
RULES = rule_set({
    "one": {"type": "event_count", "rules": ["a"], "timespan": "100s", "group-by": "u", "condition": {"gte": 3}}
}).correlations  # fmt: skip
KEY, OTHER = b"k" * 16, b"o" * 16


def entry(seconds: int, name: str, context: Context = CONTEXT) -> Entry:
    return Entry(seconds * SECOND, name, (), 1, context)


def applied(groups: Groups, store: dict[str, bytes]) -> dict[str, bytes | None]:
    changes = groups.changed()
    for key, value in changes.items():
        if value is None:
            del store[key]
        else:
            store[key] = value
    return changes


def test_only_what_changed_is_handed_out() -> None:
    groups, store = Groups(RULES, Limits()), dict[str, bytes]()
    groups.take(Bucket(KEY, ("ann",), entry(1, "e1")), 0)
    groups.take(Bucket(OTHER, ("bob",), entry(1, "e2")), 0)
    assert len(applied(groups, store)) == 4
    groups.take(Bucket(KEY, ("ann",), entry(2, "e3")), 0)
    assert set(applied(groups, store)) == {KEY.hex(), f"{KEY.hex()}.0"}
    assert applied(groups, store) == {}


def test_a_large_group_writes_its_newest_piece_only_and_deletes_old_ones() -> None:
    groups, store = Groups(RULES, Limits()), dict[str, bytes]()
    for number in range(500):
        groups.take(Bucket(KEY, ("ann",), entry(number // 5, f"event-{number:020}")), 0)
        applied(groups, store)
    assert max(map(len, store.values())) <= MOST_VALUE
    pieces = len(store)
    assert 5 < pieces < 60
    groups.take(Bucket(KEY, ("ann",), entry(100, "one more")), 0)
    assert len(applied(groups, store)) <= 3
    groups.take(Bucket(KEY, ("ann",), entry(190, "the window moved on")), 0)
    changes = applied(groups, store)
    assert list(changes.values()).count(None) > pieces // 2
    back = Groups.restored(RULES, Limits(), store)
    assert back.size == groups.size
    assert not back.counters


def test_nothing_piles_up_where_nobody_asks_for_changes() -> None:
    groups = Groups(RULES, Limits(groups=10))
    for number in range(2_000):
        groups.take(Bucket(number.to_bytes(16), (str(number),), entry(number, str(number))), 0)
    assert len(groups) == 10
    assert groups.counters["evicted_groups"] == 1_990
    assert groups.counters["evicted_live"] == 1_990
    assert len(groups.changed()) == 20


def test_the_largest_entries_fit_a_piece() -> None:
    name = "ü" * 64
    wide = Context(
        name, name, name, SourceTrust.ATTACKER_WRITABLE, text=True,
        entities=tuple(f"{number}{'ü' * (LONGEST_ENTITY // 2 - 1)}" for number in range(MOST_ENTITIES)),
    )  # fmt: skip
    groups, store = Groups(RULES, Limits()), dict[str, bytes]()
    for number in range(4):
        events, trace = pack([f"{number}{at}{'€' * 30}" for at in range(30)], name)
        largest = Entry(2**62 + number, events, ("ß" * 32,) * 8, 1, wide, trace)
        groups.take(Bucket(KEY, (name,) * 8, largest), 0)
        events, trace = pack(["🏭" * 512], None)
        groups.take(
            Bucket(KEY, (name,) * 8, Entry(2**62 + number, events, ("ß" * 32,) * 8, 1, wide, trace)), 0
        )
    applied(groups, store)
    assert max(map(len, store.values())) <= MOST_VALUE
    assert Groups.restored(RULES, Limits(), store).size == 8


def test_missing_pieces_cost_their_entries_only() -> None:
    groups, store = Groups(RULES, Limits()), dict[str, bytes]()
    for number in range(200):
        groups.take(Bucket(KEY, ("ann",), entry(number // 4, f"event-{number:020}")), 0)
    applied(groups, store)
    del store[f"{KEY.hex()}.0"]
    store[f"{KEY.hex()}.1"] = b"\xc1"
    store[f"{OTHER.hex()}.7"] = store[f"{KEY.hex()}.2"]
    back = Groups.restored(RULES, Limits(), store)
    assert 0 < back.size < 200
    assert back.counters == {"damaged": 1, "outdated": 1}
    # The rest goes on as before, and what could not be used is deleted.
    back.take(Bucket(KEY, ("ann",), entry(60, "next")), 0)
    changes = back.changed()
    assert [key for key, value in changes.items() if value is None] == [f"{KEY.hex()}.1", f"{OTHER.hex()}.7"]


def restored(groups: Groups, store: dict[str, bytes], limits: Limits) -> Groups:
    """What a new process makes of the store."""
    applied(groups, store)
    back = Groups.restored(RULES, limits, store)
    assert (len(back), back.size, back.counters.total()) == (len(groups), groups.size, 0)
    return back


def test_what_a_bound_cut_does_not_come_back() -> None:
    limits, store = Limits(per_group=150), dict[str, bytes]()
    groups = Groups(RULES, limits)
    for number in range(200):
        groups.take(Bucket(KEY, ("ann",), entry(1, f"event-{number:020}")), 0)
        if number % 20 == 0:
            restored(groups, store, limits)
    assert groups.counters["cut_entries"] > 0
    restored(groups, store, limits)


def test_times_put_right_are_stored_even_if_the_event_comes_too_late() -> None:
    limits, store = Limits(), dict[str, bytes]()
    groups = Groups(RULES, limits)
    for number in range(200):
        groups.take(Bucket(KEY, ("ann",), entry(9_000, f"event-{number:020}")), 0, 500 * SECOND)
    applied(groups, store)
    late = groups.take(Bucket(KEY, ("ann",), entry(300, "late")), 0, 500 * SECOND)
    assert late is None
    assert (groups.counters["future"], groups.counters["late"]) == (200, 1)
    back = restored(groups, store, limits)
    group = back.take(Bucket(KEY, ("ann",), entry(500, "next")), 0, 501 * SECOND)
    assert group is not None
    assert {each.time for each in group.entries} == {500 * SECOND}


def test_the_order_of_going_survives_a_restart() -> None:
    limits, store = Limits(groups=5), dict[str, bytes]()
    groups = Groups(RULES, limits)
    keys = [bytes([value]) * 16 for value in (3, 1, 4, 0, 5)]
    for at, key in enumerate(keys):
        groups.take(Bucket(key, (str(at),), entry(at, str(at))), 0)
    back = restored(groups, store, limits)
    for at in range(5):
        back.take(Bucket(bytes([9 + at]) * 16, ("new",), entry(9, "new")), 0)
        gone = {key for key, value in applied(back, store).items() if value is None}
        assert gone == {keys[at].hex(), f"{keys[at].hex()}.0"}
