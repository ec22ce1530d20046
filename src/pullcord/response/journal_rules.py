"""What the journal concludes from a look at a system, and how long it waits for one; nothing here calls anything."""

from __future__ import annotations

from pullcord.analysis.classes import HARMLESS
from pullcord.model.intent import Intent
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action
from pullcord.model.responder import Description, Prepared

MAY_STILL_COME = (TimeoutError, BrokenPipeError, ConnectionAbortedError, ConnectionResetError)
"""After these a call may be on its way or still at work, so a look that finds no change proves nothing."""

LONGEST_SECONDS = 60.0
# The client of the OT writer waits 120 s for it; it must be the one who gives up first.
_LONGEST_OT_SECONDS = 150.0


def budget(action: Action, describe: Description) -> float:
    """Seconds a call may take: other changes wait for evidence only so long, then people are asked what is missing."""
    longest = _LONGEST_OT_SECONDS if describe.reaches_ot else LONGEST_SECONDS
    given = action.params.get("budget_seconds", "")
    return min(float(given), longest) if given.isdecimal() else longest


def unready(intent: Intent) -> str:
    """Why a planned line must not be sent, by what the look before found; empty if it may."""
    broken = [one for one in intent.prepared.preconditions if not one.holds]
    if broken and intent.undoes is None:
        return "; ".join(f"{one.what}: {one.detail or 'does not hold'}" for one in broken)
    if not intent.prepared.prestate and intent.action.kind not in HARMLESS:
        return "not sent: it is not known what was there before"
    return ""


def shown(sent: Intent, found: Prepared, *, may_still_come: bool) -> tuple[ReceiptStatus, str]:
    """What a look after a call that may have gone out shows: DONE, ABORTED (nothing changed) or IN_DOUBT; and why.

    Taken back means that the recorded pre-state is there again: "no longer as the action made it" is also what
    somebody else's change looks like. A late harmless call harms nobody, so nothing waits for it.

    Args:
        may_still_come: the call did not end, so that nothing changed means nothing yet.
    """
    harmless = sent.action.kind in HARMLESS
    if not (found.prestate or harmless):
        return ReceiptStatus.IN_DOUBT, "a look does not say what is there"
    there, as_before = found.already, found.prestate == sent.prepared.prestate
    if sent.undoes is not None:
        there, as_before = as_before, there
    if there:
        return ReceiptStatus.DONE, "a look shows that it is so"
    if not as_before:
        return ReceiptStatus.IN_DOUBT, "it is in a third state now"
    if may_still_come and not harmless:
        return ReceiptStatus.IN_DOUBT, "nothing has changed yet, but the call may still come through"
    return ReceiptStatus.ABORTED, "a look shows that nothing changed"
