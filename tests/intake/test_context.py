from __future__ import annotations

from pullcord.intake.context import Context, Rejection, printable


def test_rejection_is_one_harmless_line() -> None:
    text = str(Rejection(source="a\nb\x1b[31m.jsonl", line=7, cause="bad \r thing", cure="mend it"))
    assert text == "a\ufffdb\ufffd[31m.jsonl:7: bad \ufffd thing; mend it"


def test_printable_cuts() -> None:
    assert printable("x" * 50, 10) == "x" * 10


def test_counters_are_not_shared_between_contexts() -> None:
    one, other = Context(), Context()
    one.counters.records += 1
    one.counters.empty_inputs.append("a")
    assert (other.counters.records, other.counters.empty_inputs) == (0, [])
