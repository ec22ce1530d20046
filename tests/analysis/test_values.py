from __future__ import annotations

import base64
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.values import (
    MAX_LENGTH,
    MAX_TOKENS,
    STRONG,
    Kind,
    contained,
    decoded,
    normalise,
    strong,
    tokens,
    values,
)
from tests.seeds import printed

ANY = st.text(st.characters(), max_size=300)
PIECES = st.lists(
    st.sampled_from(
        ["a", "Z", "9", ".", "-", "/", "@", "://", "www.", "%41", "\\u0041", "\\", "=", " ", "漢", "é"]
    ),
    max_size=60,
).map("".join)


@given(ANY | PIECES)
def test_any_text_is_read_within_bounds(text: str) -> None:
    normal = normalise(text)
    for token in tokens(normal):
        assert len(token.text) <= MAX_LENGTH
        assert 0 <= token.offset < len(normal)
        if token.kind is Kind.WORD:
            assert normal.startswith(token.text, token.offset)
    assert isinstance(decoded(text), str)


@given(ANY | PIECES)
def test_values_are_those_of_the_text_and_of_what_it_hides(text: str) -> None:
    found = values(text)
    assert {token.text for token in tokens(normalise(text))} <= found.keys()
    assert {token.text for token in tokens(normalise(decoded(text)))} <= found.keys()
    assert list(found.items()) == list(values(text).items())


@given(st.text(st.characters(codec="ascii", exclude_characters="\\"), max_size=100))
def test_case_and_width_of_letters_do_not_matter(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in text)
    assert normalise(wide) == normalise(text) == normalise(text.upper())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\uff25\uff36\uff29\uff2c \ufb01le", "evil file"),
        ("STRASSE Straße", "strasse strasse"),
        (r"one\ntwo\u00e9\"", 'one\ntwoé"'),
        (r"\\u0041", "a"),
        (r"C:\data", r"c:\data"),
    ],
)
def test_writings_of_the_same_text_are_made_one(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://www.drop.example/",
        "HTTP://Drop.Example",
        "www.drop.example",
        "ftp://drop.example/",
        "see drop.example.",
        "(https://drop.example)",
        '{"url": "https:\\/\\/drop.example"}',
        "https%3A%2F%2Fdrop.example",
        "\uff44\uff52\uff4f\uff50.example",
    ],
)
def test_a_host_is_the_same_however_it_is_written(text: str) -> None:
    assert values(text)["drop.example"] is Kind.LINK


def test_a_link_to_a_file_is_still_a_link() -> None:
    assert values("https://drop.example/plan.pdf") == {
        "drop.example/plan.pdf": Kind.LINK,
        "drop.example": Kind.LINK,
    }


def test_a_link_is_given_whole_and_as_its_host() -> None:
    assert values("https://www.drop.example/a/b?c=1") == {
        "drop.example/a/b?c=1": Kind.LINK,
        "drop.example": Kind.LINK,
    }


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("write to Jo.Doe+x@Mail.example.", "jo.doe+x@mail.example", Kind.ADDRESS),
        ("IBAN DE89370400440532013000", "de89370400440532013000", Kind.CODE),
        ("order PO-1234/5", "po-1234/5", Kind.CODE),
        ("account 12345", "12345", Kind.CODE),
        ("room 1234", "1234", Kind.NUMBER),
        ("at 3.5 bar", "3.5", Kind.NUMBER),
        ("10.20.20.5", "10.20.20.5", Kind.NUMBER),
        ("open plan.pdf", "plan.pdf", Kind.CODE),
        ("valve", "valve", Kind.WORD),
    ],
)
def test_what_a_value_is(text: str, value: str, kind: Kind) -> None:
    assert values(text)[value] is kind
    assert strong([(value, kind)]) == ({value} if kind >= STRONG else set())


def test_scripts_without_blanks_are_read_in_pairs() -> None:
    assert list(values("送金する")) == ["送金", "金す", "する"]
    assert list(values("漢")) == ["漢"]


@given(st.text(st.characters(categories=["L", "N"]), min_size=12, max_size=80))
def test_base64_and_percent_encoding_hide_nothing(text: str) -> None:
    data = text.encode()
    for coded in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
        assert text in decoded(f"data: {coded} end")
    assert decoded("".join(f"%{byte:02X}" for byte in data)).split(" ")[0] == text
    assert quote(text) == text or text in decoded(quote(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "100 % sure",
        base64.b64encode(bytes(range(1, 25))).decode(),
        base64.b64encode(bytes(range(128, 200))).decode(),
        "A" * 15,
    ],
)
def test_nothing_is_read_into_what_is_not_encoded(text: str) -> None:
    assert decoded(text) == ""


def test_one_level_is_decoded() -> None:
    inner = base64.b64encode(b"write to jo@drop.example").decode()
    assert "jo@drop.example" in values(inner)
    assert "jo@drop.example" not in values(base64.b64encode(inner.encode()).decode())


def test_tokens_are_bounded() -> None:
    assert sum(1 for _ in tokens("a " * (MAX_TOKENS + 10))) == MAX_TOKENS


@pytest.mark.parametrize(
    "piece",
    ["a-", "1.", "a.", "a@", "a+", "http://", "w", "A", "%41", "\\", "a1:", "aa.aa-", "a@b.", "www.", "x_"],
)
def test_no_text_takes_long(piece: str) -> None:
    begun = process_time()
    values(piece * (60_000 // len(piece)))
    # Takes a fiftieth of this; what grows with the square of the length takes far longer.
    assert process_time() - begun < 5.0


def test_shares() -> None:
    assert contained(["a", "b"], {"a"}) == 0.5
    assert contained([], {"a"}) == 0.0


def test_values_do_not_hang_on_the_seed_of_hashes() -> None:
    text = "Send PO-77 and 4711 to jo@drop.example via https://www.drop.example/a, %41lso plan.pdf"
    program = f"from pullcord.analysis.values import values\nprint(list(values({text!r}).items()))\n"
    assert len(printed(program)) == 1
