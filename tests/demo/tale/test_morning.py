from __future__ import annotations

from pullcord.demo.tale.teller import Voice
from tests.demo.tale.conftest import Story


def test_ordinary_work_and_its_odd_twin_make_no_incident(story: Story) -> None:
    (line,) = story.said("An ordinary morning", Voice.PULLCORD)
    assert line.endswith(": 0 incidents.")


def test_observe_says_what_it_would_have_done_and_what_it_refuses(story: Story) -> None:
    (seen,) = story.said("Observe mode", Voice.PULLCORD)
    assert "in observe: nothing is touched" in seen
    assert "would have: hold lots → Seam tracking" in story.said("Observe mode", Voice.NOTE)
    (refused,) = story.said("Observe mode", Voice.REFUSED)
    assert refused.startswith("1 of 4, an unhealthy fallback: switch Seam tracking to its fallback")


def test_three_people_are_needed_to_let_it_act(story: Story) -> None:
    (line,) = story.said("Three people", Voice.PERSON)
    for name in ("Ines Halloran", "Priya Venn", "Tomas Brandt"):
        assert name in line
