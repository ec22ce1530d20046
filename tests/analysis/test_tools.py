from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.tools import Effect, speaks_of, tool, words_of
from tests.seeds import printed

NAMES = ("send_email", "getUser", "delete-row", "frobnicate", "mail.forward", "readHTTPPage", "")


@given(st.text(st.characters(), max_size=300))
def test_any_name_can_be_read(name: str) -> None:
    read = tool(name)
    assert read == tool(name)
    assert (read.effect is Effect.UNKNOWN) is (not read.verbs)
    assert read.objects <= set(read.words)
    assert all(len(word) > 2 for word in read.objects)
    assert sum(map(len, read.words)) <= 4 * 200


@pytest.mark.parametrize("name", ["", "__", "frobnicate", "quuxWibble", "工具", "42", "MyThing"])
def test_an_unknown_name_is_neutral(name: str) -> None:
    read = tool(name)
    assert read.effect is Effect.UNKNOWN
    assert read.verbs == frozenset()
    assert speaks_of(read.verbs, words_of("send delete read everything")) == 0


@pytest.mark.parametrize(
    "name", ["send_invoice", "sendInvoice", "SendInvoice", "send-invoice", "SEND invoice"]
)
def test_the_way_a_name_is_written_does_not_matter(name: str) -> None:
    read = tool(name)
    assert (read.effect, read.words) == (Effect.WRITE, ("send", "invoice"))
    assert read.objects == {"invoice"}
    assert "send" in read.verbs


def test_capitals_in_a_row_are_one_word() -> None:
    assert tool("readHTTPPage").words == ("read", "http", "page")


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("get_status", Effect.READ),
        ("search", Effect.READ),
        ("calendar.list", Effect.READ),
        ("delete_row", Effect.WRITE),
        ("transferMoney", Effect.WRITE),
        ("valve.actuate", Effect.WRITE),
        ("get_row_and_delete", Effect.READ),
    ],
)
def test_the_first_known_verb_decides(name: str, effect: Effect) -> None:
    assert tool(name).effect is effect


def test_verbs_of_the_same_meaning_come_with_it() -> None:
    assert {"erase", "remove", "delete"} <= tool("remove_user").verbs
    assert {"open", "visit", "read"} <= tool("read_page").verbs
    assert "delete" not in tool("read_page").verbs


def test_a_very_long_name_is_cut() -> None:
    assert tool("x" * 1_000 + "_delete").effect is Effect.UNKNOWN
    assert sum(map(len, tool("ab_" * 10_000).words)) <= 200


def test_endings_of_words_may_differ() -> None:
    assert speaks_of(words_of("send invite"), words_of("he sends what she invited")) == 2
    assert speaks_of(words_of("send invite"), words_of("nothing of it")) == 0
    assert speaks_of(words_of("pay send"), words_of("payload sendmailserver")) == 0
    assert speaks_of(frozenset(), words_of("send")) == speaks_of(words_of("send"), frozenset()) == 0


@given(st.frozensets(st.text(max_size=8), max_size=8), st.frozensets(st.text(max_size=8), max_size=8))
def test_a_text_speaks_of_what_it_has_and_of_no_more_than_was_asked(
    words: frozenset[str], text: frozenset[str]
) -> None:
    assert len(words & text) <= speaks_of(words, text) <= len(words)


def test_a_list_of_words_is_split_at_blanks() -> None:
    assert words_of(" a  b\na ") == {"a", "b"}


def test_reading_does_not_hang_on_the_seed_of_hashes() -> None:
    program = (
        "from pullcord.analysis.tools import tool, speaks_of\n"
        f"for name in {NAMES!r}:\n"
        "    t = tool(name)\n"
        "    print(t.effect, t.words, sorted(t.verbs), sorted(t.objects),"
        " speaks_of(t.verbs, frozenset({'sends', 'mails', 'deleted'})))\n"
    )
    assert len(printed(program)) == 1
