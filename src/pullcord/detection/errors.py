"""What can go wrong in detection."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class RuleError(PullcordError):
    """A rule cannot be used; its neighbours can. Shown as the reason of a failed rule, never fatal."""

    code = "PC-1001"
