from __future__ import annotations

from pullcord.detection.anomaly.track import SETTLED
from pullcord.detection.anomaly.watch import Watch
from tests.detection.anomaly.build import declare


def test_an_entity_settles_with_its_scores_and_stays_so() -> None:
    watch = Watch(declare(false_rate=0.1), 0, 5)
    track = watch.fresh(("", "one"))
    seen = []
    for _ in range(100):
        track.judge.tail.add(1.0, watch.court.quantile)
        seen.append(track.settled())
    assert seen == [False] * (SETTLED - 1) + [True] * (100 - SETTLED + 1)
