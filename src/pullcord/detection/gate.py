"""The literal gate: where thousands of literals occur, by one scan over the text of a whole batch.

Three ways with the same answer: ``hyperscan`` where it is installed (extra ``accel``), the Aho-Corasick automaton of
``ahocorasick_rs``, and plain Python as the last resort. All report overlapping matches, which Aho-Corasick does only
when told to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib.util import find_spec
from typing import Protocol

Hit = tuple[int, int]
"""Number of the literal, and where it ends in the text; in the order of ends."""

# Characters of all literals above which the dense automaton takes more memory (some 200 bytes for each) than it
# saves time.
_DENSE = 100_000


class GateKind(StrEnum):
    """Which way."""

    HYPERSCAN = "hyperscan"
    AHO_CORASICK = "aho-corasick"
    PYTHON = "python"


class Gate(Protocol):
    """Knows its literals; :func:`make_gate` makes one."""

    def scan(self, text: bytes) -> Iterable[Hit]:
        """Every occurrence of every literal.

        Args:
            text: UTF-8, case-folded.
        """
        ...


def available() -> tuple[GateKind, ...]:
    """The ways that work here, the fastest first."""
    modules = ((GateKind.HYPERSCAN, "hyperscan"), (GateKind.AHO_CORASICK, "ahocorasick_rs"))
    return (*(kind for kind, module in modules if find_spec(module) is not None), GateKind.PYTHON)


def make_gate(literals: Sequence[str], kind: GateKind | None = None) -> Gate:
    """A gate for literals (case-folded, at least two bytes of UTF-8, without NUL); by default the fastest way."""
    encoded = [literal.encode("utf-8", "surrogatepass") for literal in literals]
    if not encoded:
        return _Nothing()
    match kind or available()[0]:
        case GateKind.HYPERSCAN:
            return _Hyperscan(encoded)
        case GateKind.AHO_CORASICK:
            return _AhoCorasick(encoded)
        case _:
            return _Python(encoded)


class _Nothing:
    def scan(self, text: bytes) -> Iterable[Hit]:
        del text
        return ()


class _AhoCorasick:
    def __init__(self, literals: Sequence[bytes]) -> None:
        import ahocorasick_rs

        dense = sum(map(len, literals)) <= _DENSE
        kind = ahocorasick_rs.Implementation.DFA if dense else ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.BytesAhoCorasick(literals, implementation=kind)

    def scan(self, text: bytes) -> Iterable[Hit]:
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(literal, stop) for literal, _, stop in found]


class _Hyperscan:
    def __init__(self, literals: Sequence[bytes]) -> None:
        import hyperscan

        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(literals),
            ids=list(range(len(literals))),
            elements=len(literals),
            flags=[0] * len(literals),
            literal=True,
        )

    def scan(self, text: bytes) -> Iterable[Hit]:
        found: list[Hit] = []

        def note(literal: int, _begin: int, stop: int, _flags: int, _context: object) -> None:
            found.append((literal, stop))

        if text:
            self._database.scan(text, match_event_handler=note)
        return found


class _Python:
    """Each literal under its rarest pair of bytes: a piece of text is cut into pairs, which are looked up."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        counts: dict[bytes, int] = {}
        for literal in literals:
            for pair in _pairs(literal):
                counts[pair] = counts.get(pair, 0) + 1
        self._under: dict[bytes, list[tuple[int, bytes]]] = {}
        for number, literal in enumerate(literals):
            rarest = min(_pairs(literal), key=lambda pair: (counts[pair], pair))
            self._under.setdefault(rarest, []).append((number, literal))

    def scan(self, text: bytes) -> Iterable[Hit]:
        found: list[Hit] = []
        begin = 0
        # No literal holds the separator, so that pieces can be looked at one by one.
        for piece in text.split(b"\0"):
            for pair in self._under.keys() & _pairs(piece):
                for literal, wanted in self._under[pair]:
                    place = piece.find(wanted)
                    while place >= 0:
                        found.append((literal, begin + place + len(wanted)))
                        place = piece.find(wanted, place + 1)
            begin += len(piece) + 1
        return sorted(found, key=lambda hit: hit[1])


def _pairs(text: bytes) -> set[bytes]:
    return {text[place : place + 2] for place in range(len(text) - 1)}
