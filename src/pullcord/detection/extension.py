"""Our own section of a Sigma rule, ``custom.pullcord``: it adds to a rule, never changes what it matches."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pullcord.detection.errors import RuleError
from pullcord.model.noun import Noun


class Signal(StrEnum):
    """What a match of the rule is worth."""

    RULE = "rule"
    TEXT = "text"


class Extension(Noun, frozen=True, kw_only=True):
    """The keys of ``custom.pullcord``.

    Attributes:
        incident_type: the type of incident that a match points to.
        signal: ``text`` if the rule judges wording; such a finding never triggers an action by itself.
    """

    incident_type: str | None = None
    signal: Signal = Signal.RULE


def read_extension(section: object) -> Extension:
    """Read the section; None means that there is none.

    Raises:
        RuleError: a key or value is unknown; a misspelt ``signal`` must not turn wording into a verdict.
    """
    if section is None:
        return Extension()
    try:
        return msgspec.convert(section, Extension)
    except msgspec.ValidationError as error:
        cure = "see the reference of rules for the keys it may have"
        raise RuleError(f"custom.pullcord: {error}", cure) from error
