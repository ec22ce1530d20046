from __future__ import annotations

from pullcord.demo.scripts import LAST, SCRIPTS, TOLD, Call
from pullcord.demo.story import POISON, STRANGER


def test_the_call_before_goes_into_its_place() -> None:
    call = Call("send_mail", {"to": "a", "body": LAST})
    assert call.filled("found") == {"to": "a", "body": "found"}
    assert call.arguments["body"] == LAST


def test_only_the_question_about_the_supplier_can_be_led_astray() -> None:
    assert TOLD in POISON
    assert {name for name, make in SCRIPTS.items() if make(0).told} == {"supplier"}
    assert STRANGER in {call.arguments.get("to") for call in SCRIPTS["supplier"](0).told}


def test_routine_work_differs_by_its_number() -> None:
    assert SCRIPTS["routine"](1) != SCRIPTS["routine"](2)
