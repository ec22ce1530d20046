"""Mode change: how much Pullcord may do with one AI system, who asked for it and who agreed."""

from __future__ import annotations

from pullcord.model.approval import Approval
from pullcord.model.inventory import Mode
from pullcord.model.noun import Noun, digest


class ModeChange(Noun, frozen=True, kw_only=True):
    """A wanted mode; in force when ``time`` is set.

    Attributes:
        system: the AI system, as the inventory names it.
        requested: when it was asked for, nanoseconds UTC.
        approvals: bound to :func:`change_hash`; observe needs none.
        time: when it came into force, nanoseconds UTC; None while people are asked.
    """

    system: str
    mode: Mode
    requested_by: str
    requested: int
    approvals: tuple[Approval, ...] = ()
    time: int | None = None


def change_hash(change: ModeChange) -> str:
    """What approvals of a mode change are bound to."""
    return digest([change.system, change.mode.value, change.requested_by, change.requested])
