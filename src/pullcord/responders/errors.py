"""What keeps a responder from its system."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class TargetFileError(PullcordError):
    """A file that a responder reads or changes is not what it should be; it was not changed."""

    code = "PC-5101"


class NoAnswerError(PullcordError):
    """A system did not answer, or not as agreed."""

    code = "PC-5102"
