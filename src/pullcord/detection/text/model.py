"""The learned numbers of the text signal, and the score of the windows of a text.

A linear model (logistic regression) over hashed features. Weights are whole numbers of -127 to 127 times a scale.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from pullcord.detection.text.features import (
    BUCKETS,
    CHARACTER_SIZES,
    SIZE,
    WORD_SIZES,
    Features,
    Ints,
    measure,
    window_ideas,
)
from pullcord.detection.text.tokens import Tokens
from pullcord.detection.text.windows import windows
from pullcord.model.errors import PullcordError

SCHEMA = "pullcord.text-signal/1"
MAX_HEADER = 100_000
MAX_TABLE = 2_000_000
_MOST_SCALE = 100.0
Floats = NDArray[np.float64]


class TextWeightsError(PullcordError):
    """Weights of the text signal that cannot be used."""

    code = "PC-1101"


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores (0 to 1) from which a text counts as suspicious and as malicious."""

    suspicious: float
    malicious: float


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands beside the table of weights.

    Attributes:
        sha256: of the compressed table, so that header and table are known to belong together.
        scales: what a step of a weight is worth: of characters, words, ideas (and flags).
        bias: added to each window.
        zero: the number that becomes score 0.5.
        length: taken off for each e-fold number of windows, because the most striking of many is more striking.
        thresholds: scores.
        made_with: how the numbers were made.
    """

    schema: str
    sha256: str
    scales: tuple[float, float, float]
    bias: float
    zero: float
    length: float
    thresholds: Thresholds
    made_with: dict[str, str]


class Best(NamedTuple):
    """The most striking window: its logit after the correction for length, and its words."""

    logit: float
    first: int
    end: int


class Model(NamedTuple):
    """A table of ``features.SIZE`` weights, ready to use, and its header."""

    header: Header
    table: Floats

    def best(self, tokens: Tokens, flags: tuple[int, ...] = ()) -> Best | None:
        """The most striking window of a text; None if it has no words.

        Args:
            tokens: the text.
            flags: buckets of flags (``features.flag``) that hold for the whole text.
        """
        parts = windows(len(tokens.words))
        if not parts:
            return None
        scores = self.scores(tokens, measure(tokens), parts)
        scores += sum(float(self.table[one]) for one in flags)
        place = int(np.argmax(scores))
        logit = float(scores[place]) - self.header.length * math.log(len(parts))
        return Best(logit, *parts[place])

    def scores(self, tokens: Tokens, features: Features, parts: list[tuple[int, int]]) -> Floats:
        """The logit of each window, from running sums: linear in the text, however many windows overlap."""
        first = np.array([one for one, _ in parts])
        end = np.array([two for _, two in parts])
        begins, ends = np.array(tokens.starts)[first], np.array(tokens.ends)[end - 1]
        scores = np.full(len(parts), self.header.bias)
        scores += self._block(features.characters, CHARACTER_SIZES, begins, ends)
        scores += self._block(features.words, WORD_SIZES, first, end)
        if len(features.ideas):
            for number, (one, two) in enumerate(parts):
                scores[number] += self.table[window_ideas(features, one, two)].sum()
        return scores

    def _block(self, grams: tuple[Ints, ...], sizes: tuple[int, ...], first: Ints, end: Ints) -> Floats:
        total = np.zeros(len(first))
        count = np.zeros(len(first))
        for size, buckets in zip(sizes, grams, strict=True):
            running = np.concatenate((np.zeros(1), np.cumsum(self.table[buckets])))
            stop = np.clip(end - size + 1, first, len(buckets))
            start = np.minimum(first, stop)
            total += running[stop] - running[start]
            count += stop - start
        return total / np.sqrt(np.maximum(count, 1.0))


def read_model(header: bytes, table: bytes) -> Model:
    """Read and check weights.

    Args:
        header: JSON.
        table: zlib of ``features.SIZE`` signed bytes.

    Raises:
        TextWeightsError: not of this schema, damaged, of another length, or no finite numbers.
    """
    if len(header) > MAX_HEADER or len(table) > MAX_TABLE:
        raise _error("a file that is too large")
    try:
        read = msgspec.json.decode(header, type=Header)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _error(str(error)) from error
    if read.schema != SCHEMA:
        raise _error(f"schema is {read.schema[:40]!r}, not {SCHEMA!r}")
    if hashlib.sha256(table).hexdigest() != read.sha256:
        raise _error("the table is not the one that the header names (SHA-256 differs)")
    numbers = (*read.scales, read.bias, read.zero, read.length)
    if not all(math.isfinite(one) and abs(one) < _MOST_SCALE for one in numbers):
        raise _error(f"a number of the header is not within ±{_MOST_SCALE:g}")
    if not 0.0 < read.thresholds.suspicious <= read.thresholds.malicious < 1.0:
        raise _error("thresholds are not rising within 0 to 1")
    return Model(read, _weights(read, table))


def _weights(header: Header, table: bytes) -> Floats:
    unpacked = zlib.decompressobj()
    try:
        raw = unpacked.decompress(table, SIZE + 1)
    except zlib.error as error:
        raise _error(f"the table cannot be unpacked ({error})") from error
    if len(raw) != SIZE:
        raise _error(f"the table does not hold {SIZE} weights")
    weights = np.frombuffer(raw, dtype=np.int8).astype(np.float64)
    characters, words, ideas = header.scales
    weights[:BUCKETS] *= characters
    weights[BUCKETS : 2 * BUCKETS] *= words
    weights[2 * BUCKETS :] *= ideas
    return weights


def _error(cause: str) -> TextWeightsError:
    return TextWeightsError(f"weights of the text signal: {cause}", "install this version of pullcord again")
