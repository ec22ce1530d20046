from __future__ import annotations

from pullcord.detection.anomaly.models.seen import HALVE, MOST, FirstSeen, Rarity, Seen, mark
from pullcord.detection.anomaly.parameters import Parameters
from pullcord.model.times import DAY

P = Parameters(warm_up=10)


def test_a_new_value_scores_once_warm_and_never_again() -> None:
    model = FirstSeen()
    assert [model.step(f"v{i % 3}", 0, P) for i in range(10)] == [-1.0] * 10
    assert [model.step(text, 0, P) for text in ("v0", "new", "new")] == [0.0, 1.0, 0.0]


def test_nothing_is_new_before_the_learning_time_is_over() -> None:
    p = Parameters(warm_up=1, learn=DAY)
    model = FirstSeen()
    assert [model.step(f"v{i}", time, p) for i, time in enumerate((5, DAY, DAY + 5))] == [-1.0, -1.0, 1.0]


def test_a_first_event_from_the_future_does_not_stop_the_learning() -> None:
    p, model = Parameters(warm_up=1, learn=DAY), FirstSeen()
    model.step("a", 10**6 * DAY, p)
    model.step("a", 0, p)
    assert model.step("new", 2 * DAY, p) == 1.0


def test_the_rarer_the_value_the_higher_the_score() -> None:
    model = Rarity()
    for i in range(400):
        model.step("often" if i % 20 else "seldom", 0, P)
    never, seldom, often = (model.step(text, 0, P) for text in ("never", "seldom", "often"))
    assert never > seldom > often >= 0


def test_the_score_of_a_new_value_does_not_grow_with_time() -> None:
    model = Rarity()
    found = []
    for i in range(5_000):
        model.step("often", 0, P)
        if i % 500 == 400:
            found.append(model.step(f"new-{i}", 0, P))
    assert len(set(found)) == 1


def test_the_table_is_bounded_and_the_rarest_make_room() -> None:
    model = FirstSeen()
    for i in range(10 * MOST):
        model.step(f"v{i}", 0, P)
        model.step("kept", 0, P)
    assert len(model.counts) <= MOST
    assert model.step("kept", 0, P) == 0.0
    assert model.evicted >= 9 * MOST - MOST
    assert model.total == sum(model.counts.values()) <= HALVE


def test_counts_are_halved_so_that_the_past_fades() -> None:
    model = Seen()
    for _ in range(HALVE):
        model.learn("a", 0, P)
    assert model.total == model.counts[mark("a")] == HALVE // 2


def test_marks_differ_and_take_hostile_text() -> None:
    assert mark("a") != mark("b")
    assert 0 <= mark("\ud800") < 2**63
