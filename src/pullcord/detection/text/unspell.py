"""Undoes spelling that hides words: leetspeak, letters or lines pulled apart, signs inside words.

Technical texts are full of such signs. So a way of undoing is only believed where it brings words to light that stand
for an idea (see ``lexicon``), and of a long text only those places are read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pullcord.detection.text.lexicon import concept_of

_LEET_WORD = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[0134567@$!|€+8])[a-z0-9@$!|€+]{3,}(?!\S)")
_TECHNICAL = re.compile(r"^[a-z]{0,4}[-+]?\d+[a-z]{0,3}[.,:;!?]*$|^\d+[a-z]+\d*$|^[a-z]+[!+]+$|^[a-z]+\d+$")
_LEET = str.maketrans("013456789@$!|€+", "oieasgtbgasiiet")
_LEET_L = str.maketrans("013456789@$!|€+", "oleasgtbgasllet")
_ONE = re.compile(r"[1!|]")
_ENOUGH = 2
_APART = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*|/\\,~+]{1,3}){5,}[^\W_](?![^\W_])")
_BETWEEN = re.compile(r"[ .\-_*|/\\,~+]{1,3}")
_WIDE_GAP = re.compile(r"(?: {2,}| ?[|/] ?)")
_INSIDE = re.compile(r"(?<=[a-z])[+*~_^|\\·•.\-]{1,2}(?=[a-z])")
_BACKSLASH = re.compile(r"\\+(?=\S)")
_BACKSLASHES = 4
_WORD = re.compile("[a-z]+")
_SHORT = 400
_PIECE = 160
_GAIN_SHORT, _GAIN_PIECE = 1, 2


def respellings(text: str, raw: str) -> Iterator[tuple[str, str]]:
    """Yield (what was done, text without it).

    Args:
        text: folded.
        raw: the text before folding, whose wide gaps still part words.
    """
    leet = [word for word in _LEET_WORD.findall(text) if not _TECHNICAL.match(word)]
    if len(leet) >= _ENOUGH:
        yield from _believed("digits for letters", text, _letters)
    if _APART.search(text):
        yield from _believed("letters pulled apart", raw.lower(), lambda part: _APART.sub(_joined, part))
    if len(_INSIDE.findall(text)) >= _ENOUGH:
        yield from _believed("signs inside words", text, lambda part: _INSIDE.sub("", part))
    if text.count("\\") >= _BACKSLASHES:
        yield from _believed("backslashes", text, lambda part: _BACKSLASH.sub("", part))


def ideas(text: str) -> int:
    """How many words of a text stand for an idea."""
    return sum(concept_of(word) is not None for word in _WORD.findall(text))


def _believed(what: str, text: str, undo: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The text undone where that brings ideas to light: all of a short text, else those places and around them."""
    if len(text) <= _SHORT:
        undone = undo(text)
        if ideas(undone) >= ideas(text) + _GAIN_SHORT:
            yield what, undone
        return
    parts = _pieces(text)
    undone_parts = [undo(part) for part in parts]
    telling = [
        number
        for number, (part, undone) in enumerate(zip(parts, undone_parts, strict=True))
        if undone != part and ideas(undone) >= ideas(part) + _GAIN_PIECE
    ]
    near = sorted({place for number in telling for place in (number - 1, number, number + 1)})
    if near:
        yield what, " ".join(undone_parts[place] for place in near if 0 <= place < len(parts))


def _pieces(text: str) -> list[str]:
    """Pieces of some 160 characters, cut at blanks where there are any."""
    found = []
    start = 0
    while start < len(text):
        end = min(start + _PIECE, len(text))
        cut = text.rfind(" ", start + 1, end) if end < len(text) else end
        end = cut if cut > start else end
        found.append(text[start:end])
        start = end
    return found


def _letters(text: str) -> str:
    return " ".join(_plain(word) for word in text.split(" "))


def _plain(word: str) -> str:
    with_i = word.translate(_LEET)
    if (
        _ONE.search(word)
        and concept_of(with_i) is None
        and concept_of(with_l := word.translate(_LEET_L)) is not None
    ):
        return with_l
    return with_i


def _joined(match: re.Match[str]) -> str:
    parts = _WIDE_GAP.split(match.group())
    return " ".join(_BETWEEN.sub("", part) for part in parts)
