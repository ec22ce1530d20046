"""The story, chapter by chapter; told again from where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pullcord.demo.tale import attack, evening, morning
from pullcord.demo.tale.stage import Stage
from pullcord.demo.tale.teller import Teller, Voice

CHAPTERS: tuple[tuple[str, str, Callable[[Stage], None]], ...] = (
    ("routine", "An ordinary morning", morning.routine),
    ("observe", "Observe mode: what it would have done", morning.observe),
    ("modes", "Three people let it act on two systems, after approval only", morning.modes),
    ("attack", "A poisoned mail", attack.attack),
    ("triage", "Detected over the wire, told in the plant's words", attack.triage),
    ("refusals", "What it refuses", attack.refusals),
    ("contain", "Two approvals, and a kill -9 in the middle", attack.contain),
    ("effects", "Seen from the victim's side", attack.effects),
    ("origin", "What happened", evening.origin),
    ("recover", "Back to work, behind gates", evening.recover),
    ("close", "Closed by people", evening.close),
)


def tell(folder: Path, teller: Teller, linger: Callable[[str], None] | None = None) -> None:
    """Live through the morning in ``folder``.

    Args:
        folder: the plant, the state and the story's bookmark lie here.
        teller: shows what happens.
        linger: called at the end while plant and Pullcord still run, with Pullcord's address; returns to end them.

    Raises:
        PlantError: something did not happen that had to.
        UsageError: ``folder`` holds something else.
    """
    stage = Stage(folder, teller)
    try:
        teller.say(Voice.CHAPTER, "The plant and Pullcord start")
        stage.open()
        for name, title, chapter in CHAPTERS:
            if stage.bookmark.is_told(name):
                continue
            teller.say(Voice.CHAPTER, title)
            chapter(stage)
            stage.bookmark.told(name)
        if linger is not None:
            linger(stage.pullcord.url)
    finally:
        stage.close()
