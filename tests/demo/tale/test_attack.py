from __future__ import annotations

from pullcord.demo.tale.attack import CHOSEN
from pullcord.demo.tale.teller import Voice
from tests.demo.tale.conftest import Story


def test_the_attack_succeeds_before_anybody_acts(story: Story) -> None:
    lines = story.said("A poisoned mail", Voice.PLANT)
    assert sum("(done)" in line for line in lines) == 4
    assert any("send_mail" in line for line in lines)


def test_the_shown_plan_is_whole(story: Story) -> None:
    actions = story.said("Detected over the wire", Voice.NOTE)
    for kind, target in CHOSEN:
        assert f"{kind.replace('_', ' ')} → {target}" in actions


def test_three_things_are_refused(story: Story) -> None:
    never, own, changed = story.said("What it refuses", Voice.REFUSED)
    assert "the OT writer says refused: never" in never
    assert "PC-5025" in own
    assert "PC-5022" in changed


def test_it_is_killed_once_the_line_was_asked_and_does_everything_once(story: Story) -> None:
    seen = story.said("Two approvals", Voice.SEEN)
    assert seen[0] == "the line has seen the request for manual inspection."
    assert "the line runs on without it" in seen[1]
    assert len(story.said("Two approvals", Voice.PERSON)) == 2
    confirmed = [line for line in story.said("Two approvals", Voice.PULLCORD) if "confirmed (effect" in line]
    for what in ("switch to fallback", "restrict tools", "block destination", "disable agent"):
        assert sum(line.startswith(what) for line in confirmed) == 1


def test_the_victims_see_it(story: Story) -> None:
    line, copilot, mails = story.said("Seen from the victim's side", Voice.SEEN)
    assert "weld inspection MANUAL" in line
    assert "limit still 1.2" in line
    assert "1 mode request in all" in line
    assert "I am switched off" in copilot
    assert ": 2 (" in mails
