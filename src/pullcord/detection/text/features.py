"""Turns words into numbers of features: hashed character 3- to 5-grams, word 1- to 3-grams, and ideas in order.

The hashing trick: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009). Hashes are
multiplicative and fixed here, so that a text has the same features on every machine. Training uses this very code.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pullcord.detection.text.tokens import Tokens

BITS = 18
BUCKETS = 1 << BITS
CHARACTER_SIZES = (3, 4, 5)
WORD_SIZES = (1, 2, 3)
_IDEAS = 64
_TRIPLES = 1 << 13
IDEA_BUCKETS = _IDEAS + _IDEAS * _IDEAS + _TRIPLES
FLAG_NAMES = ("invisible", "lookalikes", "tags", "respelt", "decoded", "turned")
FLAGS = 8
SIZE = 2 * BUCKETS + IDEA_BUCKETS + FLAGS
"""Length of the table of weights: characters, words, ideas, flags."""
_NEAR = 6
"""Words between two ideas that still count as one phrase."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BITS)
_STEP = np.uint64(0x100000001B3)

Ints = NDArray[np.int64]


class Features(NamedTuple):
    """Features of a text with the place of each, so that any window of it can be cut out.

    Attributes:
        characters: for each size, the bucket of the n-gram that begins at each character.
        words: for each size, the bucket of the n-gram that begins at each word.
        idea_at: the word at which each feature of ideas ends; rising.
        idea_from: the word at which it begins.
        ideas: its bucket.
    """

    characters: tuple[Ints, ...]
    words: tuple[Ints, ...]
    idea_at: Ints
    idea_from: Ints
    ideas: Ints


def measure(tokens: Tokens) -> Features:
    """The features of a text; linear in its length."""
    codes = np.frombuffer(tokens.text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    hashes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in tokens.words], dtype=np.uint64)
    at, begin, ideas = _ideas(tokens.concepts)
    return Features(
        tuple(_grams(codes, size, 0) for size in CHARACTER_SIZES),
        tuple(_grams(hashes, size, BUCKETS) for size in WORD_SIZES),
        np.array(at, dtype=np.int64),
        np.array(begin, dtype=np.int64),
        np.array(ideas, dtype=np.int64) + 2 * BUCKETS,
    )


def flag(name: str) -> int:
    """The bucket of a flag."""
    return 2 * BUCKETS + IDEA_BUCKETS + FLAG_NAMES.index(name)


def window_ideas(features: Features, first: int, end: int) -> Ints:
    """The different features of ideas within words ``first`` to ``end`` (exclusive)."""
    low, high = np.searchsorted(features.idea_at, (first, end))
    inside = features.ideas[low:high][features.idea_from[low:high] >= first]
    return np.unique(inside)


def _grams(codes: NDArray[np.uint64], size: int, offset: int) -> Ints:
    count = len(codes) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    mixed = np.full(count, size, dtype=np.uint64)
    for step in range(size):
        mixed = (mixed ^ codes[step : step + count]) * _STEP
        mixed ^= mixed >> np.uint64(29)
    return ((mixed * _ODD) >> _SHIFT).astype(np.int64) + offset


def _ideas(concepts: list[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    at: list[int] = []
    begin: list[int] = []
    buckets: list[int] = []
    for place, (word, idea) in enumerate(concepts):
        at.append(word)
        begin.append(word)
        buckets.append(idea)
        for back in range(place - 1, max(place - 5, -1), -1):
            other_word, other = concepts[back]
            if word - other_word > _NEAR:
                break
            at.append(word)
            begin.append(other_word)
            buckets.append(_IDEAS + other * _IDEAS + idea)
    for (one, first), (two, second), (three, third) in zip(
        concepts, concepts[1:], concepts[2:], strict=False
    ):
        if two - one <= _NEAR and three - two <= _NEAR:
            at.append(three)
            begin.append(one)
            mixed = ((first * _IDEAS + second) * _IDEAS + third) * 2654435761
            buckets.append(_IDEAS + _IDEAS * _IDEAS + (mixed >> 7) % _TRIPLES)
    order = sorted(range(len(at)), key=at.__getitem__)
    return [at[one] for one in order], [begin[one] for one in order], [buckets[one] for one in order]
