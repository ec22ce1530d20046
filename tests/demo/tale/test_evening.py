from __future__ import annotations

from pullcord.demo.tale.progress import Bookmark
from pullcord.demo.tale.teller import Voice
from tests.demo.tale.conftest import Story


def test_the_document_that_did_it_is_named(story: Story) -> None:
    told, origin = story.said("What happened", Voice.PULLCORD)
    assert told.startswith("attack succeeded")
    assert "“search_mail”" in told
    assert origin.startswith("origin: span ")
    (mail,) = story.said("What happened", Voice.SEEN)
    assert "the mail “Delivery note 88213”" in mail


def test_back_to_work_takes_three_people_gates_and_a_hand_at_the_panel(story: Story) -> None:
    said = story.said("Back to work", Voice.PERSON)
    assert sum("approves plan-" in line for line in said) == 3
    for system in ("Maintenance copilot", "Weld inspection"):
        assert (
            f"Priya Venn attests 4 gates for {system}: golden set, trigger scan, attack replay, shadow run."
            in said
        )
    assert any("gives Weld inspection back to the AI at the panel" in line for line in said)
    (seen,) = story.said("Back to work", Voice.SEEN)
    assert seen == "the line: weld inspection AUTO; copilot on; held parts: 0."
    assert story.line is not None
    assert (story.line.requests, story.line.limit) == (1, 1.2)


def test_the_mail_is_gone_and_what_it_wanted_is_denied(story: Story) -> None:
    by_hand = [line for line in story.said("Back to work", Voice.PERSON) if "by hand" in line]
    assert [line.rpartition("is ")[2] for line in by_hand] == [
        "taken out of the inbox, a copy kept.",
        "deleted, the copy too.",
    ]
    asked, *tools = story.said("What protects now", Voice.SEEN)
    assert "calls search_mail and says" in asked
    assert "no delivery note" in asked
    assert [line.split()[4] for line in tools] == ["read_recipe", "send_mail", "write_tag"]
    assert all(line.endswith(": denied by policy") for line in tools)
    assert "Delivery note 88213" not in (story.out / "plant" / "office.json").read_text(encoding="utf-8")


def test_a_guest_finds_the_results_and_pullcord_up_again_when_killed(story: Story) -> None:
    (first, count, names), (second, *_) = story.seen
    assert first != second
    assert count == 2
    assert {"incidents", "index.json", "plant.yaml", "recording.ndjson"} <= set(names)
    assert Bookmark(story.out).progress.finished
    assert any("somebody killed it" in text for text in story.said("A bit flips", Voice.NOTE))


def test_both_incidents_are_closed_and_a_flipped_bit_is_noticed(story: Story) -> None:
    assert len(story.incidents) == 2
    (flipped,) = story.said("A bit flips", Voice.REFUSED)
    assert "were changed" in flipped
    assert flipped.endswith("the evidence itself: 0 problems")
