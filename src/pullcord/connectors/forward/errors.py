"""What can go wrong on the way out."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class UnreachableError(PullcordError):
    """The destination took nothing, or did not say that it did: everything is sent again later."""

    code = "PC-6201"


class RefusedError(PullcordError):
    """The destination understood and will not have these findings: sending the same again changes nothing."""

    code = "PC-6202"
