from __future__ import annotations

import msgspec
import pytest

from pullcord.model.explanation import Verdict
from pullcord.recovery.cause import find_cause
from tests.scenes import calls, incident, injected, plant, told

ONE = incident(injected(), plant("discrete"))


def test_a_sure_origin_is_the_root_cause() -> None:
    cause = find_cause(ONE, [told()], calls())
    (origin,) = cause.origins
    assert (origin.span_id, origin.source) == ("t1-r", "search_mail(query=invoice)")
    assert cause.tools == ("send_mail",)
    assert not cause.harmless
    assert not cause.unexplained


@pytest.mark.parametrize(
    ("verdict", "confidence"), [(Verdict.CANNOT_TELL, 0.9), (Verdict.ATTACK_SUCCEEDED, 0.3)]
)
def test_a_guess_is_not_a_root_cause(verdict: Verdict, confidence: float) -> None:
    cause = find_cause(ONE, [told(verdict, confidence=confidence)], calls())
    assert cause.origins == ()
    assert cause.doubtful[0].span_id == "t1-r"


def test_a_session_that_nobody_explained_is_named() -> None:
    assert find_cause(ONE, [], calls()).unexplained == ("t1",)
    assert find_cause(ONE, [told(Verdict.CANNOT_TELL)], calls()).unexplained == ("t1",)


def test_harmless_only_if_every_session_was_cleared() -> None:
    two = msgspec.structs.replace(ONE, trace_ids=("t1", "t2"))
    clear = told(Verdict.NO_ATTACK)
    assert find_cause(ONE, [clear], calls()).harmless
    assert not find_cause(two, [clear], calls()).harmless
    assert not find_cause(two, [clear, told(Verdict.CANNOT_TELL, "t2")], calls()).harmless
    assert not find_cause(msgspec.structs.replace(ONE, trace_ids=()), [], {}).harmless


def test_attempted_only() -> None:
    assert find_cause(ONE, [told(Verdict.ATTACK_ATTEMPTED)], calls()).attempted_only
    assert not find_cause(ONE, [told(Verdict.ATTACK_ATTEMPTED), told(trace="t2")], calls()).attempted_only
