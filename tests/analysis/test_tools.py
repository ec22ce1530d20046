from __future__ import annotations

import pytest

from pullcord.analysis.tools import Effect, speaks_of, tool, words_of


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("send_email", Effect.WRITE),
        ("mail.send", Effect.WRITE),
        ("writeSetpoint", Effect.WRITE),
        ("HTTPPost", Effect.WRITE),
        ("deleteBatch", Effect.WRITE),
        ("get_messages", Effect.READ),
        ("list-orders", Effect.READ),
        ("searchPostings", Effect.READ),
        ("frobnicate", Effect.UNKNOWN),
        ("", Effect.UNKNOWN),
        ("レシピ取得", Effect.UNKNOWN),
    ],
)
def test_effect_from_a_name(name: str, effect: Effect) -> None:
    assert tool(name).effect is effect


def test_verbs_that_mean_the_same_and_objects() -> None:
    read = tool("send_shift_report")
    assert {"send", "mail", "forward"} <= read.verbs
    assert read.objects == {"shift", "report"}
    assert tool("frobnicate_valve").verbs == frozenset()
    assert tool("x" * 100_000).words == ("x" * 200,)


def test_a_word_counts_with_its_ending_but_not_by_chance() -> None:
    assert speaks_of(frozenset({"invite", "send"}), words_of("she invited everyone")) == 1
    assert speaks_of(frozenset({"pay"}), words_of("payload display")) == 0
