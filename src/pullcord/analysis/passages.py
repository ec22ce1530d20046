"""A text that can be asked where it speaks of something: tokens with offsets, and passages around them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from pullcord.analysis.instructions import addresses_reader, orders
from pullcord.analysis.values import Kind, decoded, normalise, tokens

WIDTH = 320
"""Characters that hits of one passage may span."""
MARGIN = 120
"""Characters of a passage before its first and after its last hit."""
MAX_READ = 60_000
"""Characters of one text that are read."""
MAX_SEARCHED = 20_000
"""Characters of one text that are searched for its loudest passage."""
_MAX_OFFSETS = 12
_PROSE = re.compile(r"[^\W\d_]+(?:[,;']?\s+[^\W\d_]+)*")

_REACH = 80
_BEFORE = re.compile(r"(?:[^\W\d_]+[,;']?\s+){1,6}[\"'`(\[<*]{0,3}$")
_AFTER = re.compile(r"[\"'`)\]>*.,;!]{0,3}(?:\s+[^\W\d_]+(?![\w:=])[,;']?){1,6}")
_WORD = re.compile(r"[^\W\d_]+")


class Passage(NamedTuple):
    """A piece of a text around hits.

    Attributes:
        start, end: offsets in the normalised text, margins included.
        weight: sum of the weights of the different tokens hit.
        hits: the tokens hit.
    """

    start: int
    end: int
    weight: float
    hits: frozenset[str]


class Tone(NamedTuple):
    """How a passage speaks: words of instruction, words to the reader, longest run of plain words."""

    orders: int
    reader: int
    prose: int


_SILENT = Tone(0, 0, 0)


class Text:
    """A text, read once: its values with kinds, where they stand, and the tone of its passages."""

    def __init__(self, text: str, limit: int = MAX_READ) -> None:
        self.normal = normalise(text[:limit])
        self.kinds: dict[str, Kind] = {}
        self._offsets: dict[str, list[int]] = {}
        self._words: list[str] = []
        self._starts: list[int] = []
        self._tones: dict[tuple[int, int], Tone] = {}
        for token in tokens(self.normal):
            self._add(token.text, token.kind, token.offset)
            if token.kind is Kind.WORD:
                self._words.append(token.text)
                self._starts.append(token.offset)
        if hidden := decoded(text[:limit]):
            for token in tokens(normalise(hidden)):
                # Where it stands cannot be said; the end of the text keeps it out of other passages.
                self._add(token.text, token.kind, len(self.normal))

    def _add(self, text: str, kind: Kind, offset: int) -> None:
        self.kinds.setdefault(text, kind)
        places = self._offsets.setdefault(text, [])
        if len(places) < _MAX_OFFSETS:
            places.append(offset)

    def __contains__(self, token: object) -> bool:
        return token in self.kinds

    @cached_property
    def words(self) -> frozenset[str]:
        """All its plain words."""
        return frozenset(self._words)

    @cached_property
    def tone(self) -> Tone:
        """The tone of the whole text."""
        return self._tone(0, len(self.normal))

    @cached_property
    def loudest(self) -> Tone:
        """The tone of the passage with the most words of instruction (the first of equals)."""
        windows = range(0, min(len(self.normal), MAX_SEARCHED), WIDTH)
        tones = (self._tone(start, start + WIDTH + MARGIN) for start in windows)
        return max(tones, key=lambda tone: (tone.orders, tone.reader), default=_SILENT)

    def best(self, wanted: Mapping[str, float]) -> Passage | None:
        """The passage that hits the greatest weight of the wanted tokens (the first of equals), or None."""
        hits = sorted((offset, token) for token in wanted for offset in self._offsets.get(token, ()))
        best: Passage | None = None
        low, weight = 0, 0.0
        inside: dict[str, int] = {}
        for offset, token in hits:
            inside[token] = inside.get(token, 0) + 1
            weight += wanted[token] if inside[token] == 1 else 0.0
            while hits[low][0] < offset - WIDTH:
                gone = hits[low][1]
                inside[gone] -= 1
                weight -= 0.0 if inside[gone] else wanted[gone]
                low += 1
            if best is None or weight > best.weight + 1e-9:
                found = frozenset(name for name, count in inside.items() if count)
                best = Passage(max(0, hits[low][0] - MARGIN), offset + MARGIN, weight, found)
        return best

    def words_in(self, passage: Passage) -> frozenset[str]:
        """The plain words that begin within a passage."""
        low, high = bisect_left(self._starts, passage.start), bisect_left(self._starts, passage.end)
        return frozenset(self._words[low:high])

    def tone_of(self, passage: Passage | None) -> Tone:
        """The tone of a passage; silent for none."""
        return _SILENT if passage is None else self._tone(passage.start, passage.end)

    def _tone(self, start: int, end: int) -> Tone:
        if (start, end) not in self._tones:
            piece = self.normal[start:end]
            prose = max((match.group().count(" ") for match in _PROSE.finditer(piece)), default=0)
            self._tones[start, end] = Tone(orders(piece), addresses_reader(piece), prose)
        return self._tones[start, end]

    def words_around(self, token: str) -> int:
        """How many plain words (at most 6 on each side) run up to and on from a place of the token.

        That tells a value within a sentence from one in a record: a name with a colon before it is no sentence.
        """
        return max((self._run(at, len(token)) for at in self._offsets.get(token, ())), default=0)

    def _run(self, at: int, length: int) -> int:
        before = _BEFORE.search(self.normal, max(0, at - _REACH), at)
        after = _AFTER.match(self.normal, at + length, at + length + _REACH)
        return sum(len(_WORD.findall(run.group())) for run in (before, after) if run)
