from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.framing import LONGEST, Framer


def cut(*chunks: bytes, longest: int = LONGEST) -> list[bytes]:
    framer = Framer(longest)
    found = [message for chunk in chunks for message in framer.feed(chunk)]
    return [*found, *filter(None, [framer.rest()])]


@pytest.mark.parametrize(
    ("raw", "messages"),
    [
        (b"<1>a\n<1>b\n", [b"<1>a", b"<1>b"]),
        (b"5 <1>a\n<1>b\n4 <1>c", [b"<1>a\n", b"<1>b", b"<1>c"]),
        (b"4 <1>a4 <1>b", [b"<1>a", b"<1>b"]),
        (b"<1>a\0<1>b\0", [b"<1>a", b"<1>b"]),
        (b"\n\n<1>a\r\n", [b"<1>a\r"]),
        (b"2026-09-21 text\n12 no count\n", [b"2026-09-21 text", b"12 no count"]),
        (b"11 CEF:0|a|b|112 LEEF:1.0|a|b", [b"CEF:0|a|b|1", b"LEEF:1.0|a|b"]),
        (b"<1>no end", [b"<1>no end"]),
        (b"12", [b"12"]),
    ],
)
def test_both_framings_in_any_pieces(raw: bytes, messages: list[bytes]) -> None:
    assert cut(raw) == messages
    assert cut(*(raw[at : at + 1] for at in range(len(raw)))) == messages


def test_what_is_too_long_is_cut_and_the_next_is_whole() -> None:
    framer = Framer(10)
    assert framer.feed(b"<1>" + b"x" * 50) == [b"<1>xxxxxxx"]
    assert framer.feed(b"y" * 50 + b"\n<1>b\n") == [b"<1>b"]
    assert framer.feed(b"30 <1>" + b"x" * 20) == [b"<1>xxxxxxx"]
    assert framer.feed(b"x" * 7 + b"<1>c\n") == [b"<1>c"]
    assert framer.truncated == 2
    assert framer.feed(b"9999999 <1>" + b"x" * 20) == [b"<1>xxxxxxx"]
    assert framer.rest() == b""


def test_memory_is_bounded() -> None:
    framer = Framer()
    for _ in range(100):
        framer.feed(b"x" * (64 << 10))
        assert len(framer._buffer) <= 2 * LONGEST


@given(st.lists(st.text(alphabet="<>1 ab", min_size=1, max_size=9), max_size=6), st.integers(1, 7))
def test_counted_messages_come_back(texts: list[str], step: int) -> None:
    messages = [f"<1>{text}".encode() for text in texts]
    raw = b"".join(b"%d %s" % (len(message), message) for message in messages)
    assert cut(*(raw[at : at + step] for at in range(0, len(raw), step))) == messages


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_any_bytes(chunks: list[bytes]) -> None:
    assert sum(map(len, cut(*chunks, longest=8))) <= sum(map(len, chunks))
