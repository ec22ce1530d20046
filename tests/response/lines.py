"""Lines of the journal, for its tests."""

from __future__ import annotations

import msgspec

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import Receipt
from pullcord.model.plan import Action, ActionKind
from pullcord.response.journal import Journal, action_key
from pullcord.store.folder import Store
from tests.response.build import Ticking, action, done, plan
from tests.response.world import Device

CUT = action(ActionKind.DISABLE_AGENT)
PLAN = plan(CUT)
KEY = action_key(PLAN, CUT)


def journal(store: Store, executor: str = "me", *, held: str = "", expiry: int | None = None) -> Journal:
    return Journal(store.state, Ticking(), executor, lambda _: held, expiry)


def line(store: Store, key: str = KEY) -> Intent:
    with store.state.transaction() as tx:
        found = tx.intent(key)
    assert found is not None
    return found


def receipts(store: Store) -> list[Receipt]:
    with store.state.transaction() as tx:
        return list(tx.receipts("inc-1"))


def prepared(store: Store, device: Device, made: Journal | None = None, of: Action = CUT) -> Journal:
    made = made or journal(store)
    done(made.prepare(plan(of), of, device, automatic=False))
    return made


def left_as_sent(store: Store, device: Device, executor: str = "dead") -> None:
    """What a process leaves that dies between SENT and the answer."""
    prepared(store, device, journal(store, executor))
    sent = msgspec.structs.replace(line(store), state=IntentState.SENT)
    with store.state.transaction() as tx:
        tx.put_intent(sent)
