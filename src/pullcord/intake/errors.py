"""What can go wrong while reading. Codes PC-6xxx; docs/reference/events.md lists them."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class UnreadableRecordError(PullcordError):
    """One record does not say what its format asks for; the records around it are read all the same."""

    code = "PC-6001"


class BrokenStreamError(PullcordError):
    """A file cannot be read on from here; what came before is kept."""

    code = "PC-6002"
