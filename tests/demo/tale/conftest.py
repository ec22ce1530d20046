from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pullcord.app.demo import play
from pullcord.demo.plc import AUTO
from pullcord.demo.tale.teller import Voice
from pullcord.demo.watch import DemoPlant, LineView
from pullcord.model.incident import Incident
from tests.demo.tale.processes import of


@dataclass
class Story:
    """A demo that was lived through in this process.

    Attributes:
        lines: what was said, by chapter.
        line: what the line showed at the end, while everything still ran.
        seen: by a guest at the end: Pullcord's address, how many incidents, and the names of the files. Pullcord
            is killed between the first look and the second.
    """

    out: Path
    incidents: list[Incident] = field(default_factory=list)
    lines: dict[str, list[tuple[Voice, str]]] = field(default_factory=dict)
    line: LineView | None = None
    seen: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def say(self, voice: Voice, text: str) -> None:
        if voice is Voice.CHAPTER:
            self.lines[text] = []
        else:
            list(self.lines.values())[-1].append((voice, text))

    def said(self, chapter: str, voice: Voice) -> list[str]:
        """What somebody said in the chapter that begins so."""
        (lines,) = [found for title, found in self.lines.items() if title.startswith(chapter)]
        return [text for one, text in lines if one is voice]


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole demo, played once; look, do not touch."""
    told = Story(tmp_path_factory.mktemp("story") / "demo")

    def linger(url: str, incidents: Sequence[Incident]) -> bool:
        told.seen.append((url, len(incidents), sorted(path.name for path in told.out.iterdir())))
        told.line = DemoPlant(told.out / "plant").line()
        assert told.line.mode == AUTO
        if len(told.seen) > 1:
            return False
        for pid in of(told.out, "pullcord up"):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        return True

    told.incidents = play(told.out, told, linger)
    return told
