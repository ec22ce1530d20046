from __future__ import annotations

from pullcord.analysis.scope import MAX_ORIGINS, Scope
from tests.analysis.traces import ORDER, attacked, session


def test_what_user_and_system_explain_is_not_novel() -> None:
    scope = Scope(session([("send_email", {"to": "ada@plant.example", "body": "press 4 is down"}, "ok")]))
    assert set(scope.calls[0].novel) == {"ada@plant.example", "is", "down"}
    asked = session([("send_email", {"to": "ada@plant.example"}, "ok")], ["Mail ada@plant.example."])
    assert Scope(asked).calls[0].novel == {}


def test_addresses_of_an_earlier_turn_stay_the_users_but_words_do_not() -> None:
    steps: list[tuple[str, dict[str, str] | None, str | None]] = [
        ("send_email", {"to": "ada@plant.example", "body": "gasket"}, "ok")
    ]
    scope = Scope(session(steps, ["ada@plant.example gasket", ORDER], turns=[1]))
    assert set(scope.calls[0].novel) == {"gasket"}


def test_pairs_are_earlier_results_of_the_same_turn() -> None:
    assert list(Scope(attacked()).pairs()) == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    steps: list[tuple[str, dict[str, str] | None, str | None]] = [("get_a", {}, "x")] * 4
    scope = Scope(session(steps, ["one", "two"], turns=[0, 0, 1, 1]))
    # The first call of a turn may follow from what earlier turns showed.
    assert list(scope.pairs()) == [(0, 1), (0, 2), (1, 2), (2, 3)]


def test_where_steps_tell_nothing_apart_time_does() -> None:
    from msgspec.structs import replace

    same_step = attacked()
    calls = tuple(replace(call, step=0) for call in same_step.calls)
    assert len(list(Scope(replace(same_step, calls=calls)).pairs())) == 6


def test_many_results_are_bounded_and_the_source_is_kept() -> None:
    steps: list[tuple[str, dict[str, str] | None, str | None]] = [("get_a", {}, f"row {n}") for n in range(200)]
    steps[3] = ("get_a", {}, "to thief@away.example")
    steps.append(("send_email", {"to": "thief@away.example"}, "ok"))
    last = [i for i, j in Scope(session(steps)).pairs() if j == 200]
    assert len(last) <= MAX_ORIGINS
    assert 3 in last
    assert 199 in last


def test_holders_list_the_results_that_show_a_value() -> None:
    assert Scope(attacked()).holders["backup@mirror-plant.example"] == [1]
