from __future__ import annotations

import random

from pullcord.detection.anomaly.models.sequence import OTHER, PAIRS, SESSIONS, TOOLS, Sequence
from pullcord.detection.anomaly.parameters import Parameters
from pullcord.model.times import HOUR, SECOND

P = Parameters(warm_up=50, window=6, idle=HOUR)
USUAL = ("search", "read", "summarise", "reply")


def trained() -> Sequence:
    model = Sequence()
    for session in range(200):
        for step, tool in enumerate(USUAL):
            model.observe(tool, f"s{session}", session * 10 * SECOND + step, P)
    return model


def run(model: Sequence, tools: tuple[str, ...], session: str = "now") -> float:
    score = -1.0
    for step, tool in enumerate(tools):
        _, score = model.observe(tool, session, 4_000 * SECOND + step, P)
    return score


def test_the_usual_order_is_likely_and_another_is_not() -> None:
    assert run(trained(), USUAL) < 0.5
    assert run(trained(), ("reply", "summarise", "read", "search")) > 2
    assert run(trained(), ("search", "read", "send_money", "send_money")) > run(trained(), USUAL) + 1


def test_the_running_score_only_grows() -> None:
    model, draw, last = trained(), random.Random(1), 0.0
    for step in range(50):
        _, score = model.observe(draw.choice(USUAL), "now", 4_000 * SECOND + step, P)
        assert score >= last
        last = score


def test_a_session_that_ended_gives_its_final_score() -> None:
    model = trained()
    score = run(model, ("reply", "summarise", "read"))
    ended, _ = model.observe("search", "later", 4_000 * SECOND + 3 * HOUR, P)
    assert score in ended
    assert len(model.open) == 1


def test_a_session_from_the_future_ends() -> None:
    model = trained()
    model.observe("search", "far", 10**6 * HOUR, P)
    model.observe("search", "near", 0, P)
    assert len(model.open) == 1


def test_it_is_silent_while_warming_up() -> None:
    model = Sequence()
    assert [model.observe("a", "s", i, P)[1] for i in range(49)] == [-1.0] * 49


def test_a_flagged_session_teaches_nothing() -> None:
    model = trained()
    run(model, ("reply",))
    model.flag("now")
    before = model.calls_known()
    run(model, ("reply", "reply", "reply"))
    assert model.calls_known() == before
    model.flag("unknown")


def test_tools_pairs_and_sessions_are_bounded() -> None:
    model, draw = Sequence(), random.Random(2)
    for i in range(20_000):
        model.observe(f"t{draw.randrange(60)}", f"s{i % 40}", i, P)
    assert len(model.tools) == TOOLS
    assert len(model.pairs) <= PAIRS
    assert len(model.open) <= SESSIONS
    assert model._number("one more") == OTHER
    assert model.calls_known() < 8_192
