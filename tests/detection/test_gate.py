from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.detection.gate import GateKind, available, make_gate

KINDS = list(GateKind)
LETTERS = "abcä€😀 \0"


def naive(literals: list[str], text: bytes) -> set[tuple[int, int]]:
    found = set()
    for number, literal in enumerate(literals):
        wanted = literal.encode()
        place = text.find(wanted)
        while place >= 0:
            found.add((number, place + len(wanted)))
            place = text.find(wanted, place + 1)
    return found


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200)
@given(
    literals=st.lists(st.text("abcä€😀 ", min_size=2, max_size=6), min_size=1, max_size=6, unique=True),
    text=st.text(LETTERS, max_size=40),
)
def test_all_ways_find_every_occurrence_in_order(kind: GateKind, literals: list[str], text: str) -> None:
    found = list(make_gate(literals, kind).scan(text.encode()))
    assert set(found) == naive(literals, text.encode())
    assert [stop for _, stop in found] == sorted(stop for _, stop in found)


@pytest.mark.parametrize("kind", KINDS)
def test_overlapping_and_nested_literals_are_all_reported(kind: GateKind) -> None:
    gate = make_gate(["abcd", "bcd", "bcde", "cde"], kind)
    assert set(gate.scan(b"xabcdex")) == {(0, 5), (1, 5), (2, 6), (3, 6)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_letter_that_is_no_ascii(kind: GateKind) -> None:
    assert list(make_gate(["а"], kind).scan("раyраl".encode())) == [(0, 4), (0, 9)]  # noqa: RUF001


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_look_for_and_nothing_to_look_in(kind: GateKind) -> None:
    assert list(make_gate([], kind).scan(b"abc")) == []
    assert list(make_gate(["abc"], kind).scan(b"")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_half_surrogate_pairs_do_no_harm(kind: GateKind) -> None:
    text = "x\ud800bad".encode("utf-8", "surrogatepass")
    assert set(make_gate(["bad", "\ud800ba"], kind).scan(text)) == {(0, 7), (1, 6)}


def test_the_fastest_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available()[-1] is GateKind.PYTHON
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    assert available() == (GateKind.AHO_CORASICK, GateKind.PYTHON)
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert available() == (GateKind.PYTHON,)
    assert list(make_gate(["abc"]).scan(b"abc")) == [(0, 3)]


@pytest.mark.parametrize("kind", [GateKind.AHO_CORASICK, GateKind.HYPERSCAN])
def test_many_literals(kind: GateKind) -> None:
    literals = [f"literal number {number:06}" for number in range(8_000)]
    found = make_gate(literals, kind).scan(" ".join(literals).encode())
    assert [literal for literal, _ in found] == list(range(8_000))
