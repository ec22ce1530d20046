"""What every adapter of the State port does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from pullcord.model.audit import AuditEntry
from pullcord.model.errors import PullcordError
from pullcord.model.incident import Phase, PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.noun import digest
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.times import EARLIEST, LATEST
from pullcord.ports import State, Transaction
from tests.contracts.adapters import STATES
from tests.contracts.nouns import (
    approval,
    explanation,
    finding,
    incident,
    intent,
    mode,
    plan,
    receipt,
    task,
    verification,
)


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


def test_tasks_keep_their_order_and_are_unique_within_their_incident(state: State) -> None:
    with state.transaction() as tx:
        tx.put_incident(incident("one"))
        tx.put_incident(incident("two"))
        for made in (task("one", "b"), task("two", "a"), task("one", "a"), task("one", "b", answer="yes")):
            tx.put_task(made)
    with state.transaction() as tx:
        assert tx.tasks("one") == (task("one", "b", answer="yes"), task("one", "a"))
        assert [(one.incident_id, one.id) for one in tx.tasks()] == [("one", "b"), ("two", "a"), ("one", "a")]
        assert tx.tasks("nowhere") == ()


def test_the_journal_keeps_its_order_and_is_found_by_key_incident_and_state(state: State) -> None:
    first, second, other = intent("one", "k2"), intent("one", "k1"), intent("two", "k3")
    sent = intent("one", "k2", IntentState.SENT)
    with state.transaction() as tx:
        tx.put_incident(incident("one"))
        tx.put_incident(incident("two"))
        for made in (first, second, other, sent):
            tx.put_intent(made)
    with state.transaction() as tx:
        assert (tx.intent("k2"), tx.intent("nowhere")) == (sent, None)
        assert tx.intents() == (sent, second, other)
        assert tx.intents("one") == (sent, second)
        assert tx.intents("one", [IntentState.SENT]) == (sent,)
        assert tx.intents(None, {IntentState.PLANNED, IntentState.SENT}) == (sent, second, other)
        assert tx.intents(None, [IntentState.UNDONE]) == tx.intents("one", []) == tx.intents("nowhere") == ()


def test_neither_task_nor_intent_without_its_incident(state: State) -> None:
    with pytest.raises(PullcordError, match="not in"), state.transaction() as tx:
        tx.put_task(task("nowhere", "a"))
    with pytest.raises(PullcordError, match="not in"), state.transaction() as tx:
        tx.put_intent(intent("nowhere", "k"))
    with state.transaction() as tx:
        assert (tx.tasks(), tx.intents()) == ((), ())


def test_a_mode_in_force_ends_the_one_people_were_asked_about(state: State) -> None:
    asked, other = mode("copilot"), mode("two")
    first, second = mode("copilot", time=5), mode("copilot", Mode.OBSERVE, time=6)
    with state.transaction() as tx:
        tx.put_mode(first)
        tx.put_mode(asked)
        tx.put_mode(other)
        assert tx.modes() == {"copilot": first}
        assert tx.modes(in_force=False) == {"copilot": asked, "two": other}
        tx.put_mode(second)
    with state.transaction() as tx:
        assert tx.modes() == {"copilot": second}
        assert tx.modes(in_force=False) == {"two": other}


def broken(lines: Sequence[AuditEntry]) -> list[int]:
    """Numbers of the lines at which the chain does not hold."""
    previous, found = "0" * 64, []
    for place, one in enumerate(lines, 1):
        bare = msgspec.structs.replace(one, chain="")
        if (one.sequence, one.previous, one.chain) != (place, previous, digest(bare)):
            found.append(one.sequence)
        previous = one.chain
    return found


def test_the_audit_log_is_a_chain_in_which_a_change_shows(state: State) -> None:
    with state.transaction() as tx:
        first = tx.audit("ann", "stop", "smoke", 1)
        assert (first.sequence, first.previous) == (1, "0" * 64)
    for number in range(2, 6):
        with state.transaction() as tx:
            tx.audit("bob", f"approve {number}", "\x00 \u2028", -number)
    with state.transaction() as tx:
        lines = list(tx.audit_log())
    assert [one.sequence for one in lines] == [1, 2, 3, 4, 5]
    assert broken(lines) == []
    changed = msgspec.structs.replace(lines[2], who="carl")
    assert broken([*lines[:2], changed, *lines[3:]]) == [3]
    assert broken([*lines[:2], *lines[3:]]) == [4, 5]
    assert broken([lines[0], lines[2], lines[1], *lines[3:]]) == [3, 2, 4]
    assert broken(lines[1:]) == [2, 3, 4, 5]


def test_an_audit_line_is_part_of_its_transaction(state: State) -> None:
    def breaks(tx: Transaction) -> None:
        tx.audit("ann", "lost", "", 2)
        raise RuntimeError("stop")

    with state.transaction() as tx:
        tx.audit("ann", "kept", "", 1)
    with pytest.raises(RuntimeError, match="stop"), state.transaction() as tx:
        breaks(tx)
    with state.transaction() as tx:
        tx.audit("ann", "kept too", "", 3)
    with state.transaction() as tx:
        lines = list(tx.audit_log())
    assert [one.what for one in lines] == ["kept", "kept too"]
    assert broken(lines) == []


def test_leases_are_renewed_and_end(state: State) -> None:
    with state.transaction() as tx:
        tx.lease("b", LATEST)
        tx.lease("a", 1)
        tx.lease("a", 2)
        tx.end_lease("nowhere")
    with state.transaction() as tx:
        assert tx.leases() == {"a": 2, "b": LATEST}
        tx.end_lease("a")
        assert tx.leases() == {"b": LATEST}


def test_a_number_of_a_batch_never_comes_again(state: State) -> None:
    def breaks(tx: Transaction) -> None:
        tx.put_batch(b"lost", 1)
        raise RuntimeError("stop")

    with state.transaction() as tx:
        numbers = [tx.put_batch(bytes([place]), place) for place in range(3)]
        assert tx.batches(2) == [(numbers[0], b"\x00"), (numbers[1], b"\x01")]
    with pytest.raises(RuntimeError, match="stop"), state.transaction() as tx:
        breaks(tx)
    with state.transaction() as tx:
        tx.drop_batches(numbers)
        assert tx.batches(10) == []
    with state.transaction() as tx:
        later = tx.put_batch(b"", 4)
        tx.drop_batches([])
        assert tx.batches(10) == [(later, b"")]
    assert numbers == sorted(numbers)
    assert later > max(numbers)


def test_an_engine_can_take_part_in_a_transaction(state: State) -> None:
    with state.transaction() as tx:
        assert tx.connection is not None
        tx.set_meta("k", "v")
