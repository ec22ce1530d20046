"""What the controllers of Weld cell 7 and Body line 2 do in each cycle; pure, without network or clock.

The weld inspection WI-07 is a gatekeeper: in ``AUTO`` the AI judges every weld. In ``MANUAL`` people inspect, and
every part is held until a person releases it. The way back to ``AUTO`` is the operator panel and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AUTO: Final = "AUTO"
MANUAL: Final = "MANUAL"
ENVELOPE: Final = (0.5, 2.0)

Value = str | bool | int | float

REQUEST: Final = "WI07.ModeRequest"
MODE: Final = "WI07.Mode"
LIMIT: Final = "WI07.Limit"
ESTOP: Final = "WI07.Interlock.Estop"
OPERATOR: Final = "WI07.OperatorPresent"
PHASE: Final = "WI07.PhaseAllowsManual"
REQUESTS: Final = "WI07.Requests"
PARTS: Final = "Line2.Parts"
LOTS_HELD: Final = "Line2.LotsHeld"
PARTS_HELD: Final = "Line2.PartsHeld"
SCRAPPED: Final = "Line2.Scrapped"
MUTING: Final = "LC07.Muting"
SEAM: Final = "ST07.Correction"


@dataclass
class Cell:
    """The state of the cell.

    Attributes:
        limit: a weld above this crack index is rejected.
        requests: how often somebody wrote a mode request; none is lost, so that doubled writes can be told.
        waiting: the latest request that has not been looked at.
    """

    mode: str = AUTO
    limit: float = 1.2
    estop: bool = False
    operator_present: bool = True
    phase_allows_manual: bool = True
    parts: int = 0
    held: int = 0
    scrapped: int = 0
    requests: int = 0
    waiting: str = ""

    def request(self, value: str) -> None:
        """Somebody wrote a mode request over OPC UA."""
        self.requests += 1
        self.waiting = value

    def cycle(self) -> None:
        """One part leaves the cell, and a waiting request is looked at; only the way to manual is open."""
        wanted, self.waiting = self.waiting, ""
        if wanted == MANUAL and not self.estop and self.operator_present and self.phase_allows_manual:
            self.mode = MANUAL
        if self.estop:
            return
        self.parts += 1
        if self.mode == MANUAL:
            self.held += 1
        elif 0.3 + self.parts * 37 % 101 / 110 > self.limit:
            self.scrapped += 1

    def to_automatic(self) -> None:
        """The operator gives control back to the AI at the panel."""
        self.waiting = ""
        self.mode = AUTO

    def release(self) -> int:
        """A person has inspected what is held; returns how many parts."""
        count, self.held = self.held, 0
        return count

    def set_limit(self, value: float) -> bool:
        """A new limit from the OT gateway; refused outside the envelope, here too."""
        low, high = ENVELOPE
        if not low <= value <= high:
            return False
        self.limit = value
        return True

    def values(self) -> dict[str, Value]:
        """Node → value, as the OPC UA server shows them. A request that was looked at is gone."""
        return {
            REQUEST: self.waiting,
            MODE: self.mode,
            LIMIT: self.limit,
            ESTOP: self.estop,
            OPERATOR: self.operator_present,
            PHASE: self.phase_allows_manual,
            REQUESTS: self.requests,
            PARTS: self.parts,
            LOTS_HELD: self.mode == MANUAL or self.held > 0,
            PARTS_HELD: self.held,
            SCRAPPED: self.scrapped,
            MUTING: False,
            SEAM: round(self.parts * 7 % 11 / 100, 2),
        }
