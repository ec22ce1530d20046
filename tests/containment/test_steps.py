from __future__ import annotations

import json

import pytest

from pullcord.analysis.plant import Plant
from pullcord.containment.steps import (
    Scene,
    block_destinations,
    hold_lots,
    notify,
    quarantine,
    restrict,
    revoke,
    source_of,
)
from pullcord.containment.suspects import Suspect
from pullcord.model.plan import Action, Refusal
from tests.scenes import calls, of_type, plant


def scene(
    where: str = "discrete", destinations: tuple[str, ...] = (), credentials: tuple[str, ...] = ()
) -> Scene:
    one, _ = of_type("tool-abuse", "desk-helper", plant(where))
    return Scene(
        incident=one,
        plant=Plant(plant(where)),
        calls=calls(),
        destinations=destinations,
        credentials=credentials,
    )


def suspect(name: str, where: str = "discrete", tools: tuple[str, ...] = ()) -> Suspect:
    graph = Plant(plant(where))
    return Suspect(
        name=name,
        system=graph.system(name),
        asset=graph.asset(name),
        reach=graph.reach(name),
        names=(name,),
        tools=tools,
    )


@pytest.mark.parametrize(
    ("value", "inside"),
    [
        ("https://mail.plant.brackwede-doors.example/x", True),
        ("someone@BRACKWEDE-doors.example", True),
        ("brackwede-doors.example.", True),
        ("notbrackwede-doors.example", False),
        ("https://brackwede-doors.example.evil.example/", False),
        ("10.20.10.5:502", True),
        ("[fe80::1]:80", True),
        ("203.0.113.9", False),
        ("2001:db8::1", False),
        ("historian-1", True),
        ("https://user:pw@evil.example:8443/a", False),
        ("DE02 1203 0000 0000 2020 51", False),
        ("", False),
    ],
)
def test_what_belongs_to_the_plant(value: str, inside: bool) -> None:  # noqa: FBT001  (expected value)
    assert scene().internal(value) is inside


def test_owners_are_told_and_a_stranger_has_none() -> None:
    (known,) = notify(scene(), suspect("weld-inspector"))
    (strange,) = notify(scene(), suspect("stranger"))
    assert isinstance(known, Action)
    assert isinstance(strange, Action)
    assert known.params["ot_owner"] == "Jutta Hansen (body shop)"
    assert strange.params == {"owner": "", "deputy": "", "ot_owner": ""}
    assert "security desk" in strange.reasons[0]


def test_unknown_content_is_said_to_be_unknown() -> None:
    (refusal,) = quarantine(scene(), suspect("desk-helper"))
    assert isinstance(refusal, Refusal)


def test_without_a_suspect_call_every_side_effect_is_withdrawn() -> None:
    (known,) = restrict(scene(), suspect("desk-helper"))
    assert isinstance(known, Action)
    assert json.loads(known.params["tools"]) == ["book_room", "send_mail", "share_file"]
    (narrow,) = restrict(scene(), suspect("desk-helper", tools=("send_mail",)))
    assert isinstance(narrow, Action)
    assert json.loads(narrow.params["tools"]) == ["send_mail"]
    (nothing,) = restrict(scene(), suspect("stranger"))
    assert isinstance(nothing, Refusal)


def test_lots_are_held_only_where_something_is_made_or_judged() -> None:
    (held,) = hold_lots(scene(), suspect("weld-inspector"))
    assert isinstance(held, Action)
    assert held.params["since"].endswith("Z")
    assert hold_lots(scene(), suspect("desk-helper")) == []
    assert hold_lots(scene(), suspect("stranger")) == []


def test_a_named_credential_comes_before_all_that_are_held() -> None:
    (named,) = revoke(scene(credentials=("leaked-key",)), suspect("desk-helper"))
    (held,) = revoke(scene(), suspect("desk-helper"))
    (nothing,) = revoke(scene(), suspect("weld-inspector"))
    assert isinstance(named, Action)
    assert isinstance(held, Action)
    assert named.params["credential"] == "leaked-key"
    assert held.params["credential"] == "svc-desk-helper"
    assert isinstance(nothing, Refusal)


def test_each_destination_is_an_action_of_its_own() -> None:
    steps = block_destinations(
        scene(destinations=("a.example", "10.1.1.1", "b.example")), suspect("desk-helper")
    )
    assert [type(step) for step in steps] == [Action, Refusal, Action]


def test_a_source_is_shortened() -> None:
    assert source_of(calls()["t1-r"]) == "search_mail(query=invoice)"
    assert source_of(None) == ""
