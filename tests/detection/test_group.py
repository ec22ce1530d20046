from __future__ import annotations

from collections.abc import Sequence

from pullcord.detection.atoms import Anchor, AtLeast, AtMost, Clause, Equal, Literal, Number, Present
from pullcord.detection.gate import make_gate
from pullcord.detection.group import Ladder, Scanner, make_group


def scanner(texts: Sequence[str]) -> Scanner:
    """A gate that knows another text too."""
    known = ("another", *texts)
    return Scanner(make_gate(known), known, tuple(map(len, known)))


def test_each_kind_of_atom_has_its_place() -> None:
    chosen: list[Clause | None] = [
        (Literal("needle", "a", Anchor.START), Equal("b", "x")),
        (Number("b", 4),),
        (AtLeast("c", 9), AtMost("c", 1)),
        (Present("c"),),
        None,
    ]
    group = make_group((0, 1, 2, 4), chosen, scanner)
    assert (group.served, group.always, group.scanned) == ((0, 1, 2, 4), (4,), ("a",))
    b, c = group.fields
    assert (b.equal, b.numbers, b.numeric) == ({"x": (0,)}, {4: (1,)}, True)
    assert (c.equal, c.present, c.numeric) == ({}, (), True)
    assert c.least == Ladder([9], [2])
    assert c.most == Ladder([1], [2])
    assert group.behind == {1: ((int(Anchor.START), 0, (0,)),)}


def test_a_keyword_opens_all_fields_and_nothing_to_scan_needs_no_gate() -> None:
    group = make_group((0, 1), [(Literal("word", None),), (Literal("word", "a"),)], scanner)
    assert group.scanned is None
    assert group.behind == {1: ((0, -1, (0, 1)),)}
    bare = make_group((0,), [(Present("a"),)], scanner)
    assert (bare.scanner, bare.scanned, bare.behind) == (None, (), {})


def test_a_ladder_rises() -> None:
    assert Ladder.of([(3, 7), (1, 8), (2, 9)]) == Ladder([1, 2, 3], [8, 9, 7])
