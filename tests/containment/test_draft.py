from __future__ import annotations

import json

from pullcord.containment.draft import MANNERS, drafted, listed
from pullcord.model.plan import ActionClass, ActionKind, Expiry
from tests.scenes import incident, injected, plant, types


def test_every_kind_that_a_type_contains_with_is_described() -> None:
    wanted = {kind for one in types().values() for kind in one.contain}
    assert wanted <= set(MANNERS)


def test_an_action_has_a_stable_id_and_asks_when_it_ends() -> None:
    one = incident(injected(), plant("discrete"))
    action = drafted(one, ActionKind.SNAPSHOT, None, {"a": "b"}, target="x")
    assert action == drafted(one, ActionKind.SNAPSHOT, None, {"a": "b"}, target="x")
    assert action.id != drafted(one, ActionKind.SNAPSHOT, None, {"a": "c"}, target="x").id
    assert (action.expiry, action.action_class) == (Expiry.ASK, ActionClass.R0)


def test_lists_are_json_whatever_names_contain() -> None:
    names = ['a"b', "c,d", "]", "ü", "\u202e"]
    assert json.loads(listed(names)) == names
