from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.plant import Plant
from pullcord.model.finding import Finding
from pullcord.triage.classify import Classifier
from pullcord.triage.links import LINK_KINDS, MOST_SHARERS, Union, family, link
from pullcord.triage.rows import Gatherer
from tests.scenes import NO_PLANT, finding, types


def groups(*findings: Finding) -> list[list[str]]:
    rows = Gatherer(Plant(NO_PLANT), Classifier(types()).type_of, LINK_KINDS).gather(findings)
    union = link(rows, [False] * len(rows))
    found: dict[int, list[str]] = {}
    for index, row in enumerate(rows):
        found.setdefault(union.find(index), []).append(row.id)
    return sorted(found.values())


def test_a_session_holds_together_over_any_time() -> None:
    assert groups(finding("a", 0, trace_id="t"), finding("b", 9_000, trace_id="t")) == [["a", "b"]]


def test_sessions_of_one_agent_stay_apart() -> None:
    one = finding("a", trace_id="t1", asset="agent", entities=("agent:agent",))
    other = finding("b", trace_id="t2", asset="agent", entities=("agent:agent",))
    assert groups(one, other) == [["a"], ["b"]]


@pytest.mark.parametrize(("minutes", "joined"), [(29, True), (31, False)])
def test_an_asset_joins_within_the_gap(minutes: int, joined: bool) -> None:  # noqa: FBT001  (expected value)
    found = groups(
        finding("a", 0, asset="x", incident_type="tool-abuse"),
        finding("b", minutes, asset="x", incident_type="tool-abuse"),
    )
    assert (len(found) == 1) is joined


def test_different_ai_types_at_one_asset_stay_apart_and_tactics_join() -> None:
    assert (
        len(
            groups(finding("a", asset="x", incident_type="tool-abuse"), finding("b", asset="x", title="scan"))
        )
        == 2
    )
    assert (
        len(groups(finding("a", asset="x", title="nmap"), finding("b", 5, asset="x", title="malware"))) == 1
    )


def test_a_rare_destination_joins_sessions_and_a_common_one_does_not() -> None:
    few = [finding(f"f{n}", trace_id=f"t{n}", entities=("destination:Evil.example",)) for n in range(3)]
    assert len(groups(*few)) == 1
    many = [
        finding(f"f{n}", trace_id=f"t{n}", entities=("destination:mail.example",))
        for n in range(MOST_SHARERS + 1)
    ]
    assert len(groups(*many)) == MOST_SHARERS + 1


def test_an_entity_links_for_a_day_and_a_host_for_the_gap() -> None:
    def pair(entity: str, minutes: int) -> int:
        return len(groups(finding("a", 0, entities=(entity,)), finding("b", minutes, entities=(entity,))))

    assert pair("address:192.0.2.7", 600) == 1
    assert pair("address:192.0.2.7", 60 * 25) == 2
    assert pair("host:h", 600) == 2


def test_family() -> None:
    assert family("it-execution") == family("it-impact") == "it"
    assert family("tool-abuse") == "tool-abuse"


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40))
def test_union_is_the_transitive_closure(pairs: list[tuple[int, int]]) -> None:
    union = Union(20)
    sets = [{n} for n in range(20)]
    for one, other in pairs:
        union.join(one, other)
        merged = sets[one] | sets[other]
        for n in merged:
            sets[n] = merged
    assert all((union.find(a) == union.find(b)) == (b in sets[a]) for a in range(20) for b in range(20))
    assert all(union.find(n) == min(sets[n]) for n in range(20))
