"""Foreign text inside sentences for people: an attacker may have written it."""

from __future__ import annotations

LONGEST = 60
"""Characters shown of one piece."""


def quoted(text: str) -> str:
    """The text on one line, printable, at most 60 characters, in typographic quotes."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return f"“{line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'}”"
