"""Evidence: a reference to bytes kept in the vault, chained so that no entry can be changed unseen."""

from __future__ import annotations

from pullcord.model.noun import Noun


class Evidence(Noun, frozen=True, kw_only=True):
    """One kept item.

    Attributes:
        digest: SHA-256 of the bytes, hexadecimal; also their address in the vault.
        size: bytes.
        media_type: for example ``application/x-ndjson``.
        description: what it is, for people.
        incident_id: the incident it was taken for.
        time: when it was taken, nanoseconds UTC.
        sequence: place in the ledger, from 0.
        previous: chain digest of the entry before (64 zeros for the first).
        chain: SHA-256 over this entry with ``previous``; the next entry holds it.
    """

    digest: str
    size: int
    media_type: str
    description: str
    incident_id: str
    time: int
    sequence: int
    previous: str
    chain: str
