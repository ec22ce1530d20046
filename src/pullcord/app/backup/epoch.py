"""The new epoch after a restore: nothing that was decided or begun before the backup goes on by itself.

Between the backup and its restore people and systems moved on, and the state does not know how.
"""

from __future__ import annotations

import msgspec

from pullcord.model.approval import Approval, Decision
from pullcord.model.intent import Intent, IntentState
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.noun import Noun
from pullcord.model.task import TaskKind
from pullcord.store.records import get_records
from pullcord.store.state import SqlState
from pullcord.store.transaction import SqlTransaction

META = "epoch"
WHO = "restore"
FIRST = 1
_LONGEST = 9
"""Digits of an epoch: it comes from a file that somebody else may have written."""
VOID = "the state was restored from a backup; decide again"
_UNSENT = "planned before the backup; whether it was carried out after the backup is not known"
_SENT = "sent before the backup; what became of it is not known"


class NewEpoch(Noun, frozen=True, kw_only=True):
    """What a new epoch changed.

    Attributes:
        epoch: its number.
        in_doubt: keys of the intents that people must look at, those that were in doubt already too.
        void: how many approvals no longer count.
        observing: AI systems whose mode, or wanted mode, was taken back to observe.
    """

    epoch: int
    in_doubt: tuple[str, ...]
    void: int
    observing: tuple[str, ...]


def epoch_of(tx: SqlTransaction) -> int:
    """The epoch of a state; one that was never restored is in the first."""
    text = tx.meta(META) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else FIRST


def begin_epoch(state: SqlState, *, after: int, now: int, source: str) -> NewEpoch:
    """Begin a new epoch, in one transaction.

    Open intents become in doubt, and what people said about them is asked again; approvals become void, every AI
    system observes, no process holds a lease. A refusal stays one: voiding it could only let something run.

    Args:
        state: the unpacked state, not yet in place.
        after: an epoch that the new one must be above, besides the state's own.
        now: nanoseconds UTC.
        source: the archive, for the audit log.
    """
    with state.transaction() as tx:
        in_doubt = tuple(_doubt(tx, intent, now) for intent in tx.intents() if intent.state.is_open)
        _ask_again(tx, frozenset(in_doubt))
        void = sum(_void(tx, incident.id) for incident in list(tx.incidents()))
        observing = sorted({*tx.modes(), *tx.modes(in_force=False)})
        for system in observing:
            tx.put_mode(
                ModeChange(system=system, mode=Mode.OBSERVE, requested_by=WHO, requested=now, time=now)
            )
        for executor in tx.leases():
            tx.end_lease(executor)
        epoch = max(epoch_of(tx), after) + 1
        tx.set_meta(META, str(epoch))
        detail = (
            f"epoch {epoch}; {len(in_doubt)} intents in doubt; {void} approvals void; "
            f"{len(observing)} AI systems back to observe"
        )
        tx.audit(WHO, f"restore {source}", detail, now)
    return NewEpoch(epoch=epoch, in_doubt=in_doubt, void=void, observing=tuple(observing))


def _doubt(tx: SqlTransaction, intent: Intent, now: int) -> str:
    if intent.state is not IntentState.IN_DOUBT:
        why = _SENT if intent.state is IntentState.SENT else _UNSENT
        tx.put_intent(msgspec.structs.replace(intent, state=IntentState.IN_DOUBT, time=now, detail=why))
    return intent.key


def _ask_again(tx: SqlTransaction, in_doubt: frozenset[str]) -> None:
    """Open questions about these intents that were answered already: the answer is older than the doubt."""
    for task in tx.tasks():
        if task.kind is TaskKind.IN_DOUBT and task.subject in in_doubt and task.answer is not None:
            tx.put_task(msgspec.structs.replace(task, answer=None, by=None, time=None, comment=""))


def _void(tx: SqlTransaction, incident_id: str) -> int:
    count = 0
    for key, approval in get_records(tx.connection, Approval, incident_id).items():
        if approval.decision is Decision.APPROVE and not approval.void:
            tx.put_record(incident_id, key, msgspec.structs.replace(approval, void=VOID))
            count += 1
    return count
