"""The readings of one text: as it stands, and each way of undoing what may hide words in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from pullcord.detection.text.decode import decodings, turned
from pullcord.detection.text.features import flag
from pullcord.detection.text.fold import HIDING, Folded, fold
from pullcord.detection.text.lexicon import concept_of
from pullcord.detection.text.tokens import Tokens, tokenise
from pullcord.detection.text.unspell import respellings

MOST_VIEWS = 16
"""Readings of one text that are scored."""
MOST_UNDONE = 100_000
"""Characters in which spelling is undone and codings are looked for; a longer text is looked at from its start."""
_ESCAPED = re.compile(r"\\[nrt](?!\\[a-z]\\)")
_MOST_TURNED = 4_000
_LINES = re.compile(r"[\r\n\t]+")
_SAMPLE = 600
_FEW = 8
_WORD = re.compile("[a-z]+")
_MORE_KNOWN = 0.12
"""By how much the share of known words has to rise before a turned text is believed."""


class View(NamedTuple):
    """One reading.

    Attributes:
        undone: what was undone to get it; empty for the text as it stands.
        tokens: its words.
        flags: buckets of flags.
    """

    undone: tuple[str, ...]
    tokens: Tokens
    flags: tuple[int, ...]


def views(text: str) -> list[View]:
    """The readings, the text as it stands first; at most ``MOST_VIEWS``."""
    folded = fold(_ESCAPED.sub(" ", text) if "\\" in text else text)
    found = [_view((), folded, ())]
    raw = _LINES.sub(" ", text[:MOST_UNDONE])
    if folded.tagged:
        found.append(_view(("invisible tag characters",), fold(folded.tagged), (flag("tags"),)))
    for what, undone in respellings(folded.text[:MOST_UNDONE], raw):
        found.append(_view((what,), fold(undone), (flag("respelt"),)))
    for what, undone in decodings(text[:MOST_UNDONE]):
        if len(found) >= MOST_VIEWS:
            return found
        inner = fold(undone)
        found.append(_view((what,), inner, (flag("decoded"),)))
        for again, deeper in decodings(undone):
            found.append(_view((what, again), fold(deeper), (flag("decoded"),)))
    if len(folded.text) <= _MOST_TURNED and folded.text.isascii():
        found.extend(_turned(folded.text))
    return found[:MOST_VIEWS]


def _turned(text: str) -> list[View]:
    known = _known(text)
    return [
        _view((what,), Folded(undone), (flag("turned"),))
        for what, undone in turned(text)
        if _known(undone) > known + _MORE_KNOWN
    ]


def _known(text: str) -> float:
    """The share of words that stand for an idea, in the beginning of a text."""
    words = _WORD.findall(text[:_SAMPLE])
    return sum(concept_of(word) is not None for word in words) / max(len(words), _FEW)


def _view(undone: tuple[str, ...], folded: Folded, flags: tuple[int, ...]) -> View:
    found = list(flags)
    if folded.invisible >= HIDING:
        found.append(flag("invisible"))
    if folded.lookalikes >= HIDING:
        found.append(flag("lookalikes"))
    return View(undone, tokenise(folded.text), tuple(found))
