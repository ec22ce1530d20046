"""Evidence snapshot: keeps what is known of an incident in the vault before anything is changed.

Unlike every other action it changes nothing in the plant, so it runs in every mode, also when only planning.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.model.errors import PullcordError
from pullcord.model.noun import digest_bytes
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.ports import Clock, Vault


class EvidenceSnapshot:
    """A responder for one incident.

    Args:
        items: description → bytes to keep.
    """

    name = "evidence vault"
    simulated = False
    kinds = frozenset({ActionKind.SNAPSHOT})

    def __init__(self, vault: Vault, clock: Clock, incident_id: str, items: Mapping[str, bytes]) -> None:
        self._vault = vault
        self._clock = clock
        self._incident_id = incident_id
        self._items = items

    async def plan(self, action: Action) -> str:
        """Pre-state: the digests kept for this incident under ``action``."""
        del action
        return ",".join(sorted(self._kept()))

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Keep each item; one that is already there stays as it is."""
        del prestate  # more evidence since planning is no reason not to keep this
        missing = set(self._wanted()) - self._kept()
        for description, data in self._items.items():
            self._vault.put(
                data,
                media_type="application/x-ndjson",
                description=description,
                incident_id=self._incident_id,
                time=self._clock.now(),
            )
        return Receipt(
            key=key,
            action_id=action.id,
            status=ReceiptStatus.DONE if missing else ReceiptStatus.ALREADY,
            responder=self.name,
            time=self._clock.now(),
            detail=f"{len(self._items)} items, {sum(map(len, self._items.values()))} bytes kept",
        )

    async def verify(self, action: Action) -> Verification:
        """Read every item back from the vault, which checks it against its digest."""
        del action
        wanted, entered = self._wanted(), self._kept()
        kept = [address for address in wanted if address in entered and self._is_readable(address)]
        result = VerificationResult.CONFIRMED if len(kept) == len(wanted) else VerificationResult.REFUTED
        return Verification(
            level=VerificationLevel.STATE,
            result=result if wanted else VerificationResult.UNKNOWN,
            oracle="read back from the vault, digest checked",
            time=self._clock.now(),
            detail=f"{len(kept)} of {len(wanted)} items are in the vault",
        )

    async def rollback(self, action: Action, prestate: str) -> Receipt:
        """Evidence is never taken back."""
        del prestate
        return Receipt(
            key=f"undo-{action.id}",
            action_id=action.id,
            status=ReceiptStatus.REFUSED,
            responder=self.name,
            time=self._clock.now(),
            detail="evidence is append-only",
        )

    def _is_readable(self, address: str) -> bool:
        """Whether the vault gives the bytes; what is missing or was changed there is an answer, not a failure."""
        try:
            self._vault.get(address)
        except PullcordError:
            return False
        return True

    def _wanted(self) -> list[str]:
        return [digest_bytes(data) for data in self._items.values()]

    def _kept(self) -> set[str]:
        return {entry.digest for entry in self._vault.entries(self._incident_id)}
