from __future__ import annotations

import random

from pullcord.detection.anomaly.watch import Told, Watch
from pullcord.model.times import HOUR, MINUTE, SECOND
from tests.detection.anomaly.build import START, declare, event

DRAW = random.Random(11)
MONDAY = START - START % (168 * HOUR)


class Run:
    """One entity under one declaration."""

    def __init__(self, **changes: object) -> None:
        self.watch = Watch(declare(**changes), 0, 5)
        self.track, self.number = self.watch.fresh(("", "one")), 0

    def take(self, time: int, **attributes: float | str) -> Told | None:
        self.number += 1
        seen = self.watch.reader.read(event(self.number, time=time, **attributes))
        assert seen is not None
        return self.watch.take(self.track, seen, time)


def test_a_change_is_per_second_and_needs_time_to_pass() -> None:
    run = Run(of="change", warm_up=100)
    for i in range(500):
        run.take(START + 2 * i * SECOND, x=10.0 * (i % 2) + DRAW.random())
    assert run.take(START + 998 * SECOND, x=1e9) is None
    told = run.take(START + 1_000 * SECOND, x=1_000.0)
    assert told is not None
    assert isinstance(told.value, float)
    assert abs(told.value) > 400


def test_a_count_is_judged_before_its_bin_ends() -> None:
    run = Run(value="count", window={"time": "1m"}, scale="sqrt", side="upper", warm_up=20)
    for minute in range(300):
        for second in range(DRAW.randrange(2, 6)):
            assert run.take(START + minute * MINUTE + second * SECOND) is None or minute > 100
    burst = [run.take(START + 300 * MINUTE + second * SECOND) for second in range(40)]
    told = [number for number, one in enumerate(burst) if one is not None]
    # Once, and once more when it is four times as bad.
    assert 1 <= len(told) <= 2
    assert 5 <= told[0] < 20
    assert burst[told[0]] is not None


def test_a_falling_count_is_told_when_its_bin_is_over() -> None:
    run = Run(value="count", window={"time": "1m"}, scale="sqrt", side="lower", warm_up=20)
    for minute in range(300):
        for second in range(DRAW.randrange(20, 30)):
            run.take(START + minute * MINUTE + second * SECOND)
    told = run.take(START + 305 * MINUTE)
    assert told is not None
    assert not told.early


def test_the_hour_of_the_week_is_compared_with_its_like() -> None:
    busy, quiet = 12, 3

    def run(*, seasonal: bool) -> Told | None:
        one = Run(
            value="count",
            window={"time": "1h"},
            scale="sqrt",
            side="upper",
            warm_up=24,
            hour_of_week=seasonal,
        )
        for hour in range(8 * 168):
            calls = 60 if hour % 24 in range(6, 18) else 2
            for i in range(calls + DRAW.randrange(3)):
                one.take(MONDAY + hour * HOUR + i * MINUTE // 2)
        found = [one.take(MONDAY + (8 * 168 + quiet) * HOUR + i * SECOND) for i in range(40)]
        return next((told for told in found if told), None)

    told = run(seasonal=True)
    assert told is not None
    assert told.seasonal
    # Forty calls are nothing unusual by day; without the profile nobody sees them by night.
    assert run(seasonal=False) is None
    assert busy != quiet


def test_a_session_is_judged_while_it_runs() -> None:
    run = Run(detector="sequence", window={"session": "s"}, warm_up=50, false_rate=0.05)
    for session in range(200):
        for step, tool in enumerate(("a", "b", "c")):
            run.take(START + session * MINUTE + step * SECOND, x=tool, s=f"s{session}")
    later = START + 10 * HOUR
    calm = [run.take(later + i, x=tool, s="calm") for i, tool in enumerate("abc")]
    odd = [run.take(later + i, x=tool, s="odd") for i, tool in enumerate("cba")]
    assert calm == [None] * 3
    assert [told is not None for told in odd] == [False, False, True]


def test_a_sum_over_a_session_is_judged_while_it_runs() -> None:
    run = Run(window={"session": "s"}, side="upper", warm_up=20, parameters={"idle": "1m"})
    for session in range(200):
        for _ in range(3):
            run.take(START + session * HOUR, x=DRAW.gauss(10, 1), s=f"s{session}")
    assert run.take(START + 300 * HOUR, x=31.0, s="now") is None
    assert run.take(START + 300 * HOUR, x=31.0, s="now") is not None


def test_negative_amounts_do_not_hide_what_was_spent() -> None:
    run = Run(window={"session": "s"}, side="upper", warm_up=20)
    for session in range(200):
        run.take(START + session * HOUR, x=DRAW.gauss(10, 1), s=f"s{session}")
    run.take(START + 300 * HOUR, x=-1e6, s="now")
    assert run.take(START + 300 * HOUR, x=90.0, s="now") is not None


def test_texts_can_change_without_relearning_and_what_is_measured_cannot() -> None:
    def fingerprint(**changes: object) -> str:
        return Watch(declare(**changes), 0, 5).fingerprint

    assert fingerprint() == fingerprint(title="Other", version=2, severity="high", again="2h", persist=3)
    others = [fingerprint(), fingerprint(value="y"), fingerprint(false_rate=0.02), fingerprint(scale="log")]
    assert len(set(others)) == 4


def test_readings_are_unscaled_for_text_models() -> None:
    run = Run(detector="first_seen", warm_up=10, false_rate=0.1, parameters={"learn": "1s"})
    for i in range(60):
        run.take(START + i * SECOND, x=f"v{i % 3}")
    told = run.take(START + HOUR, x="new")
    assert told is not None
    assert told.value == "new"
