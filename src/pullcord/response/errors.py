"""Errors of the response room (PC-5xxx)."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class UnknownIncidentError(PullcordError):
    """The state does not know an incident of this id."""

    code = "PC-5001"


class EmptyWorkflowIdError(PullcordError):
    """A workflow without an id."""

    code = "PC-5002"


class StepFailedError(PullcordError):
    """A step of a workflow failed in an earlier process."""

    code = "PC-5003"


class HeldError(PullcordError):
    """Nothing may be sent right now."""

    code = "PC-5004"


class FencedError(PullcordError):
    """Another process holds this action."""

    code = "PC-5005"
