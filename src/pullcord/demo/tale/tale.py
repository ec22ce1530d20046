"""The story, chapter by chapter; told again from where it was interrupted."""

from __future__ import annotations

import contextlib
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
    ("protected", "What protects now", evening.protected),
    ("close", "Closed by people", evening.close),
)


def tell(
    folder: Path, teller: Teller, write: Callable[[], None], linger: Callable[[str], bool] | None = None
) -> None:
    """Live through the morning in ``folder``.

    Args:
        folder: the plant, the state and the story's bookmark lie here.
        teller: shows what happens.
        write: called after the last chapter, while plant and Pullcord still run: the results.
        linger: then called again and again with Pullcord's address, until it says False or is interrupted;
            it takes about a second each time. A Pullcord that was killed meanwhile is started again.

    Raises:
        PlantError: something did not happen that had to.
        UsageError: ``folder`` holds something else.
    """
    stage = Stage(folder, teller)
    try:
        teller.say(Voice.CHAPTER, "The plant and Pullcord start")
        if stage.bookmark.progress.told:
            titles = {name: title for name, title, _ in CHAPTERS}
            last = stage.bookmark.progress.told[-1]
            teller.say(
                Voice.NOTE,
                f"Going on after “{titles.get(last, last)}”; for a fresh one, name another folder: --out OTHER",
            )
        stage.open()
        for name, title, chapter in CHAPTERS:
            if stage.bookmark.is_told(name):
                continue
            teller.say(Voice.CHAPTER, title)
            chapter(stage)
            stage.bookmark.told(name)
        stage.stored_everything()
        write()
        with contextlib.suppress(KeyboardInterrupt):  # how people leave
            while linger is not None and linger(stage.pullcord.url):
                stage.revived()
    finally:
        stage.close()
