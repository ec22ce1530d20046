"""Errors of the response room (PC-5xxx)."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class UnknownIncidentError(PullcordError):
    """The state does not know an incident of this id."""

    code = "PC-5001"
