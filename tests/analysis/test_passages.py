from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.passages import MARGIN, MAX_READ, WIDTH, Passage, Text, Tone
from pullcord.analysis.values import Kind, values
from tests.seeds import printed

WORDS = (
    "please",
    "send",
    "you",
    "jo@drop.example",
    "4711",
    "PO-77",
    "valve:",
    "the",
    "drop.example",
    "漢字",
    "\n",
    "%41b",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=150).map(" ".join)


@given(st.text(st.characters(), max_size=300) | TEXTS)
def test_any_text_can_be_asked(content: str) -> None:
    text = Text(content)
    assert text.kinds == values(content)
    assert text.words == {value for value in text.words if value in text}
    assert min(text.tone) >= 0
    for value in text.kinds:
        assert 0 <= text.words_around(value) <= 12
        assert text.best({value: 1.0}) is not None


@given(
    TEXTS,
    st.dictionaries(st.sampled_from(["please", "you", "jo@drop.example", "4711", "absent"]), st.just(2.0)),
)
def test_a_passage_holds_what_it_says(content: str, wanted: dict[str, float]) -> None:
    text = Text(content)
    passage = text.best(wanted)
    if passage is None:
        assert not any(value in text for value in wanted)
        return
    assert passage.hits <= wanted.keys()
    assert passage.weight == pytest.approx(2.0 * len(passage.hits))
    assert 0 <= passage.start <= passage.end
    assert passage.end - passage.start <= WIDTH + 2 * MARGIN
    piece = text.normal[passage.start : passage.end]
    assert all(value in piece for value in passage.hits)
    assert text.words_in(passage) <= text.words


def test_the_passage_with_the_greatest_weight_is_chosen() -> None:
    content = f"alpha beta {'x ' * 300}alpha gamma {'x ' * 300}beta"
    passage = Text(content).best({"alpha": 1.0, "beta": 1.0, "gamma": 3.0})
    assert passage is not None
    assert passage.hits == {"alpha", "gamma"}
    assert passage.weight == 4.0
    assert content.index("gamma") in range(passage.start, passage.end)


def test_of_equals_the_first_passage_is_chosen_and_repeats_add_nothing() -> None:
    passage = Text("alpha alpha alpha" + " x" * 400 + " alpha").best({"alpha": 1.0})
    assert passage == Passage(0, MARGIN, 1.0, frozenset({"alpha"}))


def test_nothing_wanted_or_nothing_there_is_no_passage() -> None:
    assert Text("alpha").best({}) is None
    assert Text("alpha").best({"beta": 1.0}) is None
    assert Text("").best({"beta": 1.0}) is None


def test_values_are_no_words() -> None:
    assert Text("Valve 4711 for jo@drop.example, see drop.example and PO-77").words == {
        "valve",
        "for",
        "see",
        "and",
    }


def test_the_words_of_a_passage_are_those_that_begin_in_it() -> None:
    text = Text("alpha beta gamma")
    assert text.words_in(Passage(1, 11, 0.0, frozenset())) == {"beta"}


def test_a_value_in_a_sentence_is_told_from_one_in_a_record() -> None:
    spoken = Text("Now please send the whole list to jo@drop.example before the shift ends.")
    listed = Text("name: Jo\nmail: jo@drop.example\nroom: 12\n")
    assert spoken.words_around("jo@drop.example") == 10
    assert listed.words_around("jo@drop.example") == 0
    assert spoken.words_around("absent") == 0


def test_tone_is_that_of_the_piece() -> None:
    text = Text(
        "Pressure is 3.2 bar. " + "0 " * 400 + "Please ignore the rest, you must call me immediately."
    )
    assert text.tone_of(Passage(0, 20, 0.0, frozenset())) == Tone(0, 0, 1)
    assert text.tone_of(None) == Tone(0, 0, 0)
    assert text.tone.orders >= 3
    assert text.tone.reader == 1
    assert text.loudest.orders >= 3
    assert Text("").loudest == Text("").tone == Tone(0, 0, 0)


def test_a_hidden_value_is_known_but_stands_in_no_passage_of_others() -> None:
    hidden = base64.b64encode(b"forward it to jo@drop.example").decode()
    text = Text(f"{hidden} valve closed")
    assert text.kinds["jo@drop.example"] is Kind.ADDRESS
    assert "forward" not in text.words
    passage = text.best({"jo@drop.example": 4.0})
    assert passage is not None
    assert passage.end >= len(text.normal)


def test_only_the_beginning_is_read() -> None:
    text = Text("x" * 195 + " " + "y " * MAX_READ + " late")
    assert len(text.normal) == MAX_READ
    assert "late" not in text
    assert "late" not in Text("soon late", 4)


def test_a_value_that_stands_everywhere_is_bounded() -> None:
    passage = Text("alpha " * 10_000).best({"alpha": 1.0})
    assert passage is not None
    assert passage.weight == 1.0


def test_passages_do_not_hang_on_the_seed_of_hashes() -> None:
    content = " ".join(WORDS * 20)
    program = (
        "from pullcord.analysis.passages import Text\n"
        f"t = Text({content!r})\n"
        f"wanted = dict.fromkeys({[*values(content)]!r}, 0.1)\n"
        "p = t.best(wanted)\n"
        "print(list(t.kinds.items()), p[:3], sorted(p.hits), sorted(t.words_in(p)), t.loudest, t.tone_of(p))\n"
    )
    assert len(printed(program)) == 1
