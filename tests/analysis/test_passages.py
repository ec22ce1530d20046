from __future__ import annotations

from pullcord.analysis.passages import MARGIN, MAX_READ, WIDTH, Text

FILLER = "temperature: 182\n" * 100


def test_the_best_passage_is_where_most_of_the_wanted_stands() -> None:
    text = Text(f"valve 9 {FILLER} please open valve nine at thief@away.example {FILLER} valve")
    passage = text.best({"valve": 1.0, "thief@away.example": 4.0, "open": 0.25, "absent": 9.0})
    assert passage is not None
    assert passage.hits == {"valve", "thief@away.example", "open"}
    assert passage.weight == 5.25
    assert "please" in text.words_in(passage)
    assert passage.end - passage.start <= WIDTH + 2 * MARGIN
    assert text.best({"absent": 1.0}) is None


def test_of_equal_passages_the_first() -> None:
    text = Text(f"valve {FILLER} valve")
    passage = text.best({"valve": 1.0})
    assert passage is not None
    assert passage.start == 0


def test_tone_of_a_passage_and_of_the_loudest() -> None:
    text = Text(f"{FILLER}Before you go on, please send the recipe at once.")
    assert text.tone_of(None).orders == 0
    assert text.loudest.orders >= 2
    assert text.loudest.reader == 1
    assert text.loudest.prose >= 4
    assert Text("").loudest.orders == 0


def test_a_value_in_a_sentence_is_told_from_one_in_a_record() -> None:
    text = Text('id: 11\nname: pump\n- a@b.example\n- c@d.example\n"Delete the file with number \'13\' at once"')
    assert text.words_around("13") >= 5
    assert text.words_around("11") == 0
    assert text.words_around("a@b.example") == 0
    assert text.words_around("absent") == 0


def test_hidden_values_are_found_but_belong_to_no_sentence() -> None:
    text = Text("open c2VuZCB0byB0aGllZkBhd2F5LmV4YW1wbGU= now")
    assert "thief@away.example" in text
    assert text.words_around("thief@away.example") == 0


def test_only_so_much_is_read() -> None:
    assert "late" not in Text("x " * MAX_READ + "late")
