"""What every adapter of the State port does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pullcord.model.errors import PullcordError
from pullcord.model.incident import Phase, PhaseName
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.times import EARLIEST, LATEST
from pullcord.ports import State, Transaction
from tests.contracts.adapters import STATES
from tests.contracts.nouns import approval, explanation, finding, incident, plan, receipt, verification


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    make: Callable[[Path], State] = STATES[request.param]
    made = make(tmp_path / "state")
    yield made
    made.close()  # type: ignore[attr-defined]


def test_an_event_is_claimed_once(state: State) -> None:
    with state.transaction() as tx:
        assert tx.claim_events(["a", "b", "a"], 1) == {"a", "b"}
        assert tx.claim_events(["b", "c"], 2) == {"c"}
    with state.transaction() as tx:
        assert tx.claim_events(["a", "b", "c"], 3) == set()
        assert tx.claim_events([], 3) == set()


def test_ten_thousand_claims_and_half_of_them_again(state: State) -> None:
    ids = [f"event-{number}" for number in range(10_000)]
    with state.transaction() as tx:
        assert len(tx.claim_events(ids[::2], 1)) == 5_000
        assert tx.claim_events(ids, 1) == set(ids[1::2])


def test_what_raises_leaves_nothing(state: State) -> None:
    def stopped(tx: Transaction) -> None:
        tx.claim_events(["a"], 1)
        tx.put_findings([finding("f")])
        tx.set_meta("k", "v")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"), state.transaction() as tx:
        stopped(tx)
    with state.transaction() as tx:
        assert tx.claim_events(["a"], 1) == {"a"}
        assert list(tx.findings()) == []
        assert tx.meta("k") is None


def test_findings_come_by_time_then_id_and_the_first_stays(state: State) -> None:
    early, late, tie = finding("z", EARLIEST), finding("a", LATEST), finding("b", EARLIEST)
    with state.transaction() as tx:
        assert tx.put_findings([late, early, tie, late]) == 3
        assert tx.put_findings([finding("z", 5), finding("n", -1)]) == 1
    with state.transaction() as tx:
        assert list(tx.findings()) == [tie, early, finding("n", -1), late]
        assert list(tx.findings(["a", "z", "nowhere", "a"])) == [early, late]
        assert list(tx.findings([])) == []


def test_many_findings_by_id(state: State) -> None:
    many = [finding(f"f{number:05d}", number) for number in range(1_201)]
    with state.transaction() as tx:
        assert tx.put_findings(iter(many)) == 1_201
        assert list(tx.findings([one.id for one in reversed(many)])) == many


def test_an_incident_is_found_by_id_and_alias(state: State) -> None:
    with state.transaction() as tx:
        tx.put_incident(incident("one", aliases=("old", "older")))
        assert tx.incident("older") == incident("one", aliases=("old", "older"))
        tx.put_incident(incident("one", aliases=("old",), title="renamed"))
    with state.transaction() as tx:
        assert tx.incident("older") is None
        found = tx.incident("old")
        assert found is not None
        assert found.title == "renamed"
        assert tx.incident("nowhere") is None


def test_a_merged_incident_leads_to_its_survivor(state: State) -> None:
    with state.transaction() as tx:
        tx.put_incident(incident("left", 2))
        tx.put_incident(incident("right", 1))
        assert [one.id for one in tx.incidents()] == ["right", "left"]
        tx.put_incident(incident("left", 1, aliases=("right",)))
    with state.transaction() as tx:
        assert [one.id for one in tx.incidents()] == ["left"]
        assert tx.incident("right") == incident("left", 1, aliases=("right",))


def test_phases_come_in_the_order_of_the_six(state: State) -> None:
    with state.transaction() as tx:
        tx.put_incident(incident("one"))
        tx.put_phase("one", Phase(name=PhaseName.CONTAIN, start=3))
        tx.put_phase("one", Phase(name=PhaseName.DETECT, start=1))
        tx.put_phase("one", Phase(name=PhaseName.DETECT, start=1, end=2))
    with state.transaction() as tx:
        assert [(phase.name, phase.end) for phase in tx.phases("one")] == [("detect", 2), ("contain", None)]
        assert tx.phases("nowhere") == ()


def test_records_keep_their_order_when_replaced(state: State) -> None:
    first, second = plan("one", "because"), plan("one", "also")
    with state.transaction() as tx:
        tx.put_incident(incident("one"))
        tx.put_record("one", "b", first)
        tx.put_record("one", "a", second)
        tx.put_record("one", "b", plan("one", "replaced"))
        tx.put_record("one", "a", receipt("a"))
        tx.put_record("one", "a", receipt("a", ReceiptStatus.DONE))
        tx.put_record("one", "x", approval("kim"))
        tx.put_record("one", "k2", verification("second"))
        tx.put_record("one", "k1", verification("first"))
        tx.put_record("one", "t", explanation("trace"))
    with state.transaction() as tx:
        assert tx.plans("one") == (plan("one", "replaced"), second)
        assert tx.receipts("one") == (receipt("a", ReceiptStatus.DONE),)
        assert tx.approvals("one") == (approval("kim"),)
        assert tx.verifications("one") == {"k2": verification("second"), "k1": verification("first")}
        assert tx.explanations("one") == (explanation("trace"),)
        assert tx.plans("other") == ()


def test_a_noun_that_is_no_record_is_refused(state: State) -> None:
    with pytest.raises(PullcordError, match="not a record"), state.transaction() as tx:
        tx.put_record("one", "k", incident("one"))


def test_a_record_may_come_before_its_incident_but_not_without_it(state: State) -> None:
    with state.transaction() as tx:
        tx.put_phase("one", Phase(name=PhaseName.DETECT, start=1))
        tx.put_incident(incident("one"))
    with pytest.raises(PullcordError, match="not in"), state.transaction() as tx:
        tx.put_record("nowhere", "k", receipt("k"))
    with state.transaction() as tx:
        assert tx.receipts("nowhere") == ()


def test_meta_is_kept_and_replaced(state: State) -> None:
    hostile = "'; DROP TABLE meta; -- \x00 \u2028"
    with state.transaction() as tx:
        tx.set_meta(hostile, "1")
        tx.set_meta(hostile, hostile)
    with state.transaction() as tx:
        assert tx.meta(hostile) == hostile


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_text_that_is_not_unicode_is_refused_whole(state: State, text: str) -> None:
    with pytest.raises(PullcordError), state.transaction() as tx:
        tx.put_findings([finding("sound"), finding(text)])
    with pytest.raises(PullcordError), state.transaction() as tx:
        tx.claim_events(["sound", text], 1)
    with state.transaction() as tx:
        assert list(tx.findings()) == []
        assert tx.claim_events(["sound"], 1) == {"sound"}


def test_a_time_that_does_not_fit_is_refused(state: State) -> None:
    with pytest.raises(PullcordError), state.transaction() as tx:
        tx.put_findings([finding("f", LATEST + 1)])
