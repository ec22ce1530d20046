"""What the story says, line by line, and to whom."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Voice(StrEnum):
    """Who or what a line is about."""

    CHAPTER = "chapter"
    PLANT = "plant"
    PULLCORD = "pullcord"
    PERSON = "person"
    REFUSED = "refused"
    SEEN = "seen"
    NOTE = "note"


class Teller(Protocol):
    """Shows lines to whoever watches."""

    def say(self, voice: Voice, text: str) -> None:
        """Show one line. ``text`` may hold what an attacker wrote: clean it for the medium."""
        ...
