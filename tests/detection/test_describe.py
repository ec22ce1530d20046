from __future__ import annotations

from pullcord.detection.describe import entities, reasons, shorten
from pullcord.detection.node import Witness
from pullcord.detection.view import View
from pullcord.model.event import Attributes
from tests.detection.build import event


def entities_of(attributes: Attributes, actor: str | None = None) -> tuple[str, ...]:
    return entities(event(attributes, actor=actor), View(attributes))


def test_entities_of_known_attributes() -> None:
    attributes: Attributes = {"gen_ai.agent.name": "helper", "Computer": "pc-1", "other": "x", "User": " "}
    assert entities_of(attributes, "anna") == ("actor:anna", "host:pc-1", "agent:helper")


def test_entities_are_bounded() -> None:
    assert entities_of({"host.name": "x" * 300}) == ()
    assert len(entities_of({"host.name": [f"h{n}" for n in range(500)], "user.name": "u"})) == 24


def test_reasons_name_field_value_and_foreign_author() -> None:
    found = reasons([Witness("a", "x"), Witness("a", "x"), Witness(None, "b is absent")], "Somebody")
    assert found == ("a matched: x", "Matched: b is absent", "Rule by Somebody.")
    assert reasons([], "The Pullcord authors") == ()


def test_reasons_are_bounded() -> None:
    assert len(reasons([Witness(f"f{n}", "x") for n in range(50)], "")) == 6


def test_values_are_shown_without_control_characters() -> None:
    assert shorten("a\x1b[31m\nb") == "a\ufffd[31m\ufffdb"
    assert shorten("x" * 500) == "x" * 119 + "…"
    assert shorten("x" * 120) == "x" * 120
