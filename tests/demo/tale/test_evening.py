from __future__ import annotations

from pullcord.demo.tale.teller import Voice
from tests.demo.tale.conftest import Story


def test_the_document_that_did_it_is_named(story: Story) -> None:
    told, origin = story.said("What happened", Voice.PULLCORD)
    assert told.startswith("attack succeeded")
    assert "“search_mail”" in told
    assert origin.startswith("origin: span ")


def test_back_to_work_takes_three_people_gates_and_a_hand_at_the_panel(story: Story) -> None:
    said = story.said("Back to work", Voice.PERSON)
    assert sum("approves plan-" in line for line in said) == 3
    assert sum("has this gate passed?" in line for line in said) >= 4
    assert any("gives Weld inspection back to the AI at the panel" in line for line in said)
    (seen,) = story.said("Back to work", Voice.SEEN)
    assert seen == "the line: weld inspection AUTO; copilot on; held parts: 0."
    assert story.line is not None
    assert (story.line.requests, story.line.limit) == (1, 1.2)


def test_both_incidents_are_closed_and_a_flipped_bit_is_noticed(story: Story) -> None:
    assert len(story.incidents) == 2
    (flipped,) = story.said("A bit flips", Voice.REFUSED)
    assert "were changed" in flipped
    assert flipped.endswith("the evidence itself: 0 problems")
