from __future__ import annotations

from pullcord.analysis.plant import Plant
from pullcord.model.finding import Finding
from pullcord.triage.rows import Gatherer, Row
from tests.scenes import finding, plant


def gather(*findings: Finding) -> list[Row]:
    gatherer = Gatherer(
        Plant(plant("discrete")), lambda _: ("tool-abuse", "test"), frozenset({"address", "actor"})
    )
    return gatherer.gather(findings)


def test_rows_come_by_time_then_id() -> None:
    rows = gather(finding("b", 1), finding("c", 0), finding("a", 1))
    assert [row.id for row in rows] == ["c", "a", "b"]


def test_names_are_those_of_the_inventory() -> None:
    known, strange, by_entity = gather(
        finding("a", 0, asset="PLANNER-DESK-HELPER"),
        finding("b", 1, asset="stranger"),
        finding("c", 2, entities=("agent:weld-vision",)),
    )
    assert (known.signature.asset, known.signature.registered) == ("desk-helper", True)
    assert (strange.signature.asset, strange.signature.registered) == ("stranger", False)
    assert by_entity.signature.asset == "weld-inspector"


def test_only_linking_entities_are_kept_and_the_actor_is_one() -> None:
    (row,) = gather(finding("a", actor="Eve", entities=("address:10.0.0.1", "model:m", "agent:x")))
    assert row.entities == ("actor:eve", "address:10.0.0.1")


def test_places_of_the_plants_own_tie_nothing() -> None:
    places = (
        "destination:mes.brackwede-doors.example",
        "destination:desk-helper",
        "destination:drop.example",
    )
    rows = Gatherer(Plant(plant("discrete")), lambda _: ("tool-abuse", "test"), frozenset({"destination"}))
    (row,) = rows.gather([finding("a", entities=places)])
    assert row.entities == ("destination:drop.example",)


def test_a_repeated_finding_counts_once_whatever_comes_first() -> None:
    one, other = finding("a", 0, asset="x"), finding("a", 5, asset="y")
    assert gather(one, other, one) == gather(other, one)
    assert len(gather(one, one)) == 1


def test_findings_that_look_alike_share_their_signature() -> None:
    first, second = gather(finding("a", rule_id="r", title="t"), finding("b", rule_id="r", title="t"))
    assert first.signature is second.signature
