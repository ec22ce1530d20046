"""Audit entry: who did what to Pullcord itself, chained so that no entry can be changed unseen."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pullcord.model.noun import Noun, digest


class AuditEntry(Noun, frozen=True, kw_only=True):
    """One line of the audit log.

    Attributes:
        sequence: from 1, without gaps.
        time: nanoseconds UTC.
        who: person, source or ``pullcord``.
        what: a verb and its object, for example ``approve plan-1f…``.
        previous: chain digest of the entry before (64 zeros for the first).
        chain: SHA-256 over this entry without ``chain``; the next entry holds it.
    """

    sequence: int
    time: int
    who: str
    what: str
    detail: str
    previous: str
    chain: str


def broken_at(entries: Iterable[AuditEntry]) -> int | None:
    """The sequence number of the first entry that was changed, added or left out; None if the chain is whole."""
    previous, expected = "0" * 64, 1
    for entry in entries:
        bare = msgspec.structs.replace(entry, chain="")
        if entry.sequence != expected or entry.previous != previous or entry.chain != digest(bare):
            return expected
        previous, expected = entry.chain, expected + 1
    return None
