from __future__ import annotations

from pullcord.detection.behaviour.shape import MOST, NOTHING, Shapes


def test_names_decide_what_an_event_is_worth() -> None:
    shapes = Shapes()
    shape = shapes.of(["gen_ai.operation.name", "server.address", "gen_ai.tool.call.arguments"])
    assert (shape.at_work, shape.writes, shape.logs_in, shape.defines) == (True, False, False, False)
    assert shape.outward == ("gen_ai.tool.call.arguments", "server.address")
    assert shape.goes == ("server.address",)
    assert shapes.of(["ot.operation"]).writes
    assert shapes.of(["credential.id"]).logs_in
    assert shapes.of(["mcp.server.digest"]).aspects
    assert shapes.of(["db.operation.name"]).stores
    assert shapes.of(["url.path"]).urls == ("url.path",)


def test_events_of_no_concern_share_one_shape() -> None:
    assert Shapes().of(["vision.result", "host.name"]) is NOTHING
    assert Shapes().of([]) is NOTHING


def test_what_is_remembered_is_bounded() -> None:
    shapes = Shapes()
    for number in range(3 * MOST):
        shapes.of([f"x{number}"])
    assert len(shapes._known) <= MOST
    many = [f"y{number}" for number in range(500)]
    assert shapes.of([*many, "ot.value"]).writes
    assert (*many, "ot.value") not in shapes._known
