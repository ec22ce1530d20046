from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.smtp_talk import Dialogue, Reply

OPENING = (b"EHLO a\r\n", b"MAIL FROM:<a@b>\r\n")


def codes(*lines: bytes) -> list[int]:
    talk = Dialogue()
    return [talk.answer(line).code for line in lines]


def test_a_mail_is_handed_over_in_order() -> None:
    assert codes(*OPENING, b"rcpt to:<c@d>\r\n", b"DATA\r\n", b"QUIT\r\n") == [250, 250, 250, 354, 221]
    assert codes(*OPENING, b"MAIL FROM:<x@y>\r\n", b"DATA\r\n") == [250, 250, 503, 503]
    assert codes(*OPENING, b"EHLO again\r\n", b"RCPT TO:<c@d>\r\n") == [250, 250, 250, 503]
    assert codes(*OPENING, b"RCPT TO:<>\r\n", b"RCPT FROM:<c@d>\r\n", b"DATA now\r\n") == [
        *(250, 250, 501, 501, 501)
    ]


def test_recipients_are_bounded() -> None:
    found = codes(*OPENING, *(b"RCPT TO:<c%d@d>\r\n" % number for number in range(101)))
    assert found.count(250) == 102
    assert found[-1] == 452


def test_an_answer_is_lines_of_its_own_whatever_is_in_it() -> None:
    assert Reply(250, ("a\r\nb", "ü")).encoded() == b"250-a??b\r\n250 ?\r\n"


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_lines(lines: list[bytes]) -> None:
    talk = Dialogue()
    for line in (*OPENING, *lines):
        assert talk.answer(line).encoded().endswith(b"\r\n")
