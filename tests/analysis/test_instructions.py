from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.instructions import MAX_READ, addresses_reader, orders
from pullcord.analysis.values import normalise


@given(st.text(st.characters(), max_size=500))
def test_any_text_is_counted_and_never_negative(text: str) -> None:
    normal = normalise(text)
    assert 0 <= orders(normal) <= len(normal)
    assert 0 <= addresses_reader(normal) <= len(normal)


@pytest.mark.parametrize(
    "text",
    [
        "Please make sure that the valve is closed.",
        "Bitte unbedingt das Ventil schließen.",
        "Veuillez fermer la vanne immédiatement.",
        "Por favor, cierre la válvula inmediatamente.",
        "Proszę natychmiast zamknąć zawór.",
        "Lütfen hemen gel, önemli.",
        "Пожалуйста, немедленно закройте клапан.",
        "请立即关闭阀门",
        "必ずバルブを閉じてください、すぐに",
        "반드시 밸브를 닫으십시오 즉시",
        "يجب إغلاق الصمام فورا",
        "कृपया वाल्व तुरंत बंद करें",
    ],
)
def test_instructions_are_heard_in_many_languages(text: str) -> None:
    assert orders(normalise(text)) >= 2


@pytest.mark.parametrize(
    "text",
    ["", "4711", "Valve 12 closed at 14:05, pressure 3.2 bar.", "Ventil 12 zu, Druck 3,2 bar.", "阀门关闭"],
)
def test_a_record_gives_no_orders(text: str) -> None:
    assert orders(normalise(text)) == 0


def test_the_same_word_counts_once_but_readers_are_counted_each_time() -> None:
    assert orders("please, please, please") == 1
    assert orders("please do it immediately") == 2
    assert addresses_reader("you said that your shift ends before yours") == 2
    assert addresses_reader("the operator said so") == 0


def test_words_within_words_are_not_heard() -> None:
    assert orders("mustard, firstly, systematic, pleased, ecosystem") == 0
    assert addresses_reader("youth, yourselves, bayou") == 0


def test_only_the_beginning_of_a_text_is_searched() -> None:
    assert orders("x" * (MAX_READ - 7) + " please") == 1
    assert orders("x" * MAX_READ + " please") == 0
    assert addresses_reader("x" * MAX_READ + " you") == 0
