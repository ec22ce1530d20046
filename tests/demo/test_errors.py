from __future__ import annotations

from pullcord.demo.errors import NoAnswerError


def test_an_answer_that_is_no_keeps_its_status() -> None:
    error = NoAnswerError.of(8080, 401, "401 a token is needed")
    assert error.status == 401
    assert "8080" in str(error)
    assert NoAnswerError.of(1, 0, "no answer").status == 0
