"""Made-up state folders for the tests of backup and restore."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pullcord.app.backup.backup import back_up
from pullcord.model.approval import Approval, Decision
from pullcord.model.intent import Intent, IntentState
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import Action, ActionClass, ActionKind, ApproverRole
from pullcord.model.responder import Delivery, Prepared
from pullcord.store.folder import open_folder
from tests.contracts.nouns import approval, event, finding, incident

NOW = 1_800_000_000 * 10**9
"""A time after all that the made-up states hold, nanoseconds UTC."""


def intent(key: str, state: IntentState) -> Intent:
    return Intent(
        key=key,
        incident_id="inc-1",
        plan_hash="0" * 64,
        action=Action(
            id=f"act-{key}", kind=ActionKind.DISABLE_AGENT, target="copilot", action_class=ActionClass.R1
        ),
        responder="feature_flag",
        delivery=Delivery.PROBEABLE,
        state=state,
        prepared=Prepared(prestate="on", already=False),
        executor="worker-1",
        time=5,
        detail="as it was",
    )


def agreed(approver: str, decision: Decision = Decision.APPROVE) -> Approval:
    return msgspec.structs.replace(approval(approver), decision=decision)


def mode(system: str, wanted: Mode, time: int | None) -> ModeChange:
    given = (
        Approval(plan_hash="1" * 64, approver="li", role=ApproverRole.OT, decision=Decision.APPROVE, time=1),
    )
    return ModeChange(system=system, mode=wanted, requested_by="kim", requested=1, approvals=given, time=time)


def make_state(folder: Path, name: str = "backup", events: int = 4) -> Path:
    """A state with something of everything; ``name`` tells two of them apart."""
    with open_folder(folder) as store:
        with store.state.transaction() as tx:
            tx.set_meta("name", name)
            tx.put_incident(incident("inc-1", 1))
            tx.put_incident(incident("inc-2", 2))
            tx.put_findings([finding("f", 1)])
            tx.put_record("inc-1", "a-key", agreed("li"))
            tx.put_record("inc-1", "b-key", agreed("kim", Decision.REFUSE))
            for state in IntentState:
                tx.put_intent(intent(f"key-{state.value}", state))
            tx.put_mode(mode("copilot", Mode.ACT_R0, 3))
            tx.put_mode(mode("gatekeeper", Mode.RECOMMEND, None))
            tx.lease("worker-1", 10**18)
            tx.audit("kim", "begin", name, 1)
        for number in range(events):
            store.lake.append(f"s-{number}", [event(f"{name}-{number}", number)])
            if number == events // 2:
                store.lake.compact()
        for incident_id in ("inc-1", "inc-2"):
            data = f"{name} {incident_id}".encode() * 1_000
            store.vault.put(data, media_type="t", description="d", incident_id=incident_id, time=1)
    return folder


def make_archive(folder: Path, name: str = "backup") -> Path:
    """The archive of such a state, in ``folder``."""
    state = make_state(folder / f"{name}-source", name)
    archive = folder / f"{name}.tar.zst"
    back_up(state, archive, now=NOW - 10**9)
    return archive


def name_of(folder: Path) -> str | None:
    """Which state is in a folder; opening it as its owner, so it has to be whole."""
    with open_folder(folder) as store:
        assert store.vault.verify() == []
        assert store.lake.count() == 4
        with store.state.transaction() as tx:
            return tx.meta("name")
