"""Undoes what hides words from a reader of bytes: invisible characters, lookalikes, accents and case.

Source of the lookalikes: letters of Unicode's confusables (UTS 39) that have the shape of a Latin letter, for the
scripts that people mix into Latin words (Cyrillic, Greek) and for phonetic letters and small capitals.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_TAG = re.compile("[\U000e0020-\U000e007e]+")
_TAG_BASE = 0xE0000
_WORD = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")
# Cyrillic, Greek: only inside words that also have Latin letters, so that real Russian and Greek stay what they are.
_FOREIGN = dict(
    zip(
        map(ord, "авсԁеԍһіјӏкмнорԛгѕтуԝхзьпАВСЕНІЈКМОРЅТХУЗαβγεηικνορστυχωϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
        "abcdeghijlkmhopqrstywxzbnABCEHIJKMOPSTXYZabyenikvopotuxwcABEZHIKMNOPTYX",
        strict=True,
    )
)
_SHAPES: dict[int, str] = {
    ord(shape): latin
    for latin, shapes in {
        "a": "ɑɐᴀ", "b": "ɓʙ", "c": "ɔƈᴄ", "d": "ɗᴅđðĐ", "e": "əɛᴇ", "f": "ꜰ", "g": "ɡɠɢ", "h": "ɦʜħ", "i": "ıɩɨɪ",
        "j": "ʝᴊ", "k": "ᴋ", "l": "ɭʟłŁ", "m": "ɱʍᴍ", "n": "ɲŋɴ", "o": "ᴏøØ", "p": "ᴘ", "q": "ʠ", "r": "ɾɽʀ",
        "s": "ʂꜱ", "t": "ʈᴛ", "u": "ʊᴜ", "v": "ʋᴠ", "w": "ɯᴡ", "y": "ʏ", "z": "ʐᴢ", "ss": "ßẞ", "ae": "æÆ",  # noqa: RUF001 -- lookalikes are the point
        "oe": "œŒ", "th": "þÞ",
    }.items()
    for shape in shapes
}  # fmt: skip
HIDING = 3
"""Invisible characters from which they count as a way to hide (one or two are left by editors)."""


class Folded(NamedTuple):
    """A text as the model reads it.

    Attributes:
        text: lower case, Latin letters without accents, one blank between words.
        invisible: characters that do not show, not counting tags.
        lookalikes: letters of other scripts inside Latin words.
        tagged: text written in Unicode tag characters, which people do not see and models read.
    """

    text: str
    invisible: int = 0
    lookalikes: int = 0
    tagged: str = ""

    @property
    def hides(self) -> bool:
        """Whether characters hide words."""
        return self.invisible >= HIDING or self.lookalikes >= HIDING or bool(self.tagged)


def fold(text: str) -> Folded:
    """The text without hiding, and how much of that there was.

    Args:
        text: of any length; the work is linear in it.
    """
    if text.isascii():
        return Folded(squeeze(text.lower()))
    tagged = "".join("".join(chr(ord(one) - _TAG_BASE) for one in run.group()) for run in _TAG.finditer(text))
    plain, invisible = _INVISIBLE.subn("", text)
    plain = unicodedata.normalize("NFKC", plain)
    lookalikes = 0
    if not plain.isascii():
        plain, lookalikes = _without_lookalikes(plain)
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
        plain = plain.translate(_SHAPES)
    return Folded(squeeze(plain.lower()), invisible - len(tagged), lookalikes, tagged)


def squeeze(text: str) -> str:
    """One blank for each run of blanks and line ends."""
    return _SPACE.sub(" ", text).strip()


def _without_lookalikes(text: str) -> tuple[str, int]:
    count = 0

    def latin(match: re.Match[str]) -> str:
        nonlocal count
        word = match.group()
        if word.isascii() or not any(one.isascii() for one in word):
            return word
        mapped = word.translate(_FOREIGN)
        count += sum(1 for old, new in zip(word, mapped, strict=True) if old != new)
        return mapped

    return _WORD.sub(latin, text), count
