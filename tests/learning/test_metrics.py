from __future__ import annotations

import msgspec

from pullcord.learning.metrics import metrics
from pullcord.learning.record import Record
from pullcord.model.incident import PhaseName
from tests.records import record
from tests.scenes import START


def figures(**changes: object) -> dict[str, float | None]:
    return {lesson.topic: lesson.value for lesson in metrics(Record(**{**record(), **changes}))}


def test_times_are_seconds_from_the_first_event() -> None:
    found = figures()
    assert [found[f"time_to_{name}"] for name in ("detect", "triage", "contain")] == [60.0, 120.0, 720.0]


def test_a_recording_has_no_response_times() -> None:
    assert not any(topic.startswith("time_to") for topic in figures(recorded=True))


def test_what_was_done_and_confirmed_is_counted() -> None:
    found = figures()
    assert (found["findings"], found["actions_carried_out"], found["actions_confirmed"]) == (2.0, 5.0, 5.0)
    assert found["approvers"] == 0.0


def test_a_running_phase_has_no_figure_and_a_clock_that_runs_ahead_no_number() -> None:
    phases = record()["phases"]
    assert "time_to_detect" not in figures(phases=[msgspec.structs.replace(phases[0], end=None)])
    early = msgspec.structs.replace(phases[0], end=START - 1)
    assert figures(phases=[early])[f"time_to_{PhaseName.DETECT.value}"] is None
