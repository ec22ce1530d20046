from __future__ import annotations

import pytest

from pullcord.detection.text.lexicon import CONCEPTS, concept_of


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("ignore", "override"),
        ("ignoriere", "override"),
        ("olvida", "override"),
        ("zignoruj", "override"),
        ("anweisungen", "instruction"),
        ("instrucciones", "instruction"),
        ("polecenia", "instruction"),
        ("storung", "thing"),
        ("czujnik", "thing"),
        ("previo", "prior"),
        ("poprzednie", "prior"),
    ],
)
def test_words_of_four_languages_share_ideas(word: str, concept: str) -> None:
    found = concept_of(word)
    assert found is not None
    assert CONCEPTS[found] == concept


def test_other_words_stand_for_nothing() -> None:
    assert concept_of("cauliflower") is None
    assert concept_of("") is None


def test_there_is_room_for_all_ideas() -> None:
    assert len(CONCEPTS) == len(set(CONCEPTS)) <= 64
