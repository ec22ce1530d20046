"""What a responder says of itself, and what it says before it acts."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import ActionKind, VerificationLevel


class Delivery(StrEnum):
    """What may be done when it is not known whether a call reached the system.

    ``idempotent``: the system knows our key, or the call twice is the call once: send again. ``probeable``: the
    state can be read back: look, then act only if it is absent. ``blind``: never sent twice; people look.
    """

    IDEMPOTENT = "idempotent"
    PROBEABLE = "probeable"
    BLIND = "blind"


class Reversible(StrEnum):
    """How an action is taken back."""

    AUTO = "auto"
    MANUAL = "manual"
    NO = "no"


class DryRun(StrEnum):
    """How ``plan`` knows what would happen: the system's own dry run, ours, or not at all."""

    REAL = "real"
    SIMULATED = "simulated"
    NONE = "none"


class Description(Noun, frozen=True, kw_only=True):
    """A responder, for people and for the journal.

    Attributes:
        name: shown in receipts.
        kinds: actions it can carry out.
        level: the best that its verification can say.
        oracle: what its verification asks; never the call that wrote.
        reaches_ot: its effect is in the control network.
        simulated: nothing real is changed.
    """

    name: str
    kinds: frozenset[ActionKind]
    delivery: Delivery
    level: VerificationLevel
    oracle: str
    reversible: Reversible = Reversible.AUTO
    dry_run: DryRun = DryRun.SIMULATED
    reaches_ot: bool = False
    simulated: bool = False
    api_version: int = 1


class Precondition(Noun, frozen=True, kw_only=True):
    """Something that must hold right before an action."""

    what: str
    holds: bool
    detail: str = ""


class Prepared(Noun, frozen=True, kw_only=True):
    """What a read-only look before an action found.

    Attributes:
        prestate: what the action would change, as text; ``execute`` compares it and aborts on drift.
        already: it is so already; executing changes nothing.
        change: from what to what, for people.
        touches: systems and assets that feel it, by name.
        preconditions: all must hold or the action is not sent.
        undo: how ``rollback`` would take it back; empty if it cannot.
    """

    prestate: str
    already: bool = False
    change: str = ""
    touches: tuple[str, ...] = ()
    preconditions: tuple[Precondition, ...] = ()
    undo: str = ""
