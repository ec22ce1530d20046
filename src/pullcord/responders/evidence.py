"""Evidence snapshot: keeps what is known of an incident in the vault before anything is changed.

Unlike every other action it changes nothing in the plant, so it runs in every mode, also when only planning.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.model.errors import PullcordError
from pullcord.model.noun import digest_bytes
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, DryRun, Prepared, Reversible
from pullcord.ports import Clock, Vault
from pullcord.responders.report import Reporter

_DESCRIBE = Description(
    name="evidence vault",
    kinds=frozenset({ActionKind.SNAPSHOT}),
    delivery=Delivery.IDEMPOTENT,
    level=VerificationLevel.STATE,
    oracle="read back from the vault, digest checked",
    reversible=Reversible.NO,
    dry_run=DryRun.REAL,
)


class EvidenceSnapshot:
    """A responder for one incident.

    Args:
        items: description → bytes to keep.
    """

    def __init__(self, vault: Vault, clock: Clock, incident_id: str, items: Mapping[str, bytes]) -> None:
        self._vault = vault
        self._clock = clock
        self._incident_id = incident_id
        self._items = items
        self._say = Reporter(_DESCRIBE, clock)

    @property
    def describe(self) -> Description:
        """What it is and can."""
        return _DESCRIBE

    def covers(self, action: Action) -> bool:
        """Every snapshot: the evidence is that of the incident, whatever the target."""
        return action.kind in _DESCRIBE.kinds

    async def plan(self, action: Action) -> Prepared:
        """Pre-state: the digests kept for this incident."""
        del action
        kept, wanted = self._kept(), set(self._wanted())
        return Prepared(
            prestate=",".join(sorted(kept)),
            already=wanted <= kept,
            change=f"{len(wanted - kept)} items are added to the vault",
        )

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
        status = ReceiptStatus.DONE if missing else ReceiptStatus.ALREADY
        size = sum(map(len, self._items.values()))
        return self._say.receipt(action, key, status, f"{len(self._items)} items, {size} bytes kept")

    async def verify(self, action: Action) -> Verification:
        """Read every item back from the vault, which checks it against its digest."""
        del action
        wanted, entered = self._wanted(), self._kept()
        kept = [address for address in wanted if address in entered and self._is_readable(address)]
        result = VerificationResult.CONFIRMED if len(kept) == len(wanted) else VerificationResult.REFUTED
        return self._say.verification(
            result if wanted else VerificationResult.UNKNOWN,
            f"{len(kept)} of {len(wanted)} items are in the vault",
        )

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Evidence is never taken back."""
        del prestate
        return self._say.receipt(action, key, ReceiptStatus.REFUSED, "evidence is append-only")

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
