"""Store and forward: findings go out in the order they became durable, each at least once.

Each destination has a thread and a durable place of its own: one that is down holds up neither detection nor the
others, and what it missed comes when it is back. A finding counts as sent when the destination has it; killed in
between, it is sent again, and receivers know it by its id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pullcord.app.live.trouble import told
from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.sender import Sender
from pullcord.model.finding import Finding, Severity
from pullcord.ports import State, Transaction

_log = logging.getLogger(__name__)
_META = "forward:"
_FARTHEST = 1 << 62
_SHOWN = 3


@dataclass(frozen=True)
class Destination:
    """Where findings go.

    Attributes:
        name: under which its place is kept.
        least: findings below are passed over.
        history: begin with the first finding there is, not with those to come.
    """

    name: str
    sender: Sender
    least: Severity = Severity.INFORMATIONAL
    history: bool = False


@dataclass(frozen=True)
class Pace:
    """How fast.

    Attributes:
        batch: findings that are sent at a time.
        look: seconds after which a destination looks for findings that nobody woke it for.
        back_off: seconds to wait after the first failure, the second … and, with the last, each further one.
        patience: seconds that closing waits for what is being sent.
    """

    batch: int = 200
    look: float = 2.0
    back_off: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
    patience: float = 5.0


class ForwardCounters(msgspec.Struct, kw_only=True):
    """What happened since the start.

    Attributes:
        sent: findings that the destination has.
        passed_over: findings below the severity it wants, or suppressed.
        refused: findings that the destination will never take.
        errors: attempts that failed and are repeated.
        failing: failures in a row; 0 while it works.
        place: the last finding that is done with, as a number that rises.
    """

    sent: int = 0
    passed_over: int = 0
    refused: int = 0
    errors: int = 0
    failing: int = 0
    place: int = 0


class Forwarder:
    """All destinations; :meth:`start` it once, before findings come in.

    Args:
        pace: how fast.
    """

    def __init__(
        self,
        state: State,
        destinations: Sequence[Destination],
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._lanes = [_Lane(state, one, self._pace) for one in destinations]

    def start(self) -> None:
        """Begin where an earlier run stopped; a destination that is new begins with what is found from now on."""
        for lane in self._lanes:
            lane.find_place()
        for lane in self._lanes:
            lane.thread.start()

    def wake(self) -> None:
        """There are new findings. Quick, and never raises."""
        for lane in self._lanes:
            lane.awake.set()

    def health(self) -> dict[str, dict[str, int]]:
        """The counters of each destination, as ``forward.<name>``."""
        return {f"forward.{lane.name}": msgspec.structs.asdict(lane.counters) for lane in self._lanes}

    def close(self) -> None:
        """Stop; what was not sent is sent by the next run. More than once does no harm."""
        for lane in self._lanes:
            lane.end()
        for lane in self._lanes:
            lane.join(self._pace.patience)


class _Lane:
    """The thread of one destination."""

    def __init__(self, state: State, destination: Destination, pace: Pace) -> None:
        self.name = destination.name
        self.counters = ForwardCounters()
        self.awake = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"pullcord-forward-{self.name}", daemon=True)
        self._state, self._destination, self._pace = state, destination, pace
        self._ending = threading.Event()

    def find_place(self) -> None:
        """Where to begin; durable, so that a run that is killed at once does not begin later."""
        with self._state.transaction() as tx:
            kept = tx.meta(_META + self.name)
            if kept is not None and kept.isascii() and kept.isdigit():
                self.counters.place = int(kept)
                return
            self.counters.place = 0 if self._destination.history else last_place(tx)
            tx.set_meta(_META + self.name, str(self.counters.place))

    def end(self) -> None:
        self._ending.set()
        self.awake.set()

    def join(self, seconds: float) -> None:
        if self.thread.is_alive():
            self.thread.join(seconds)

    def _run(self) -> None:
        while not self._ending.is_set():
            self.awake.clear()
            try:
                more = self._step()
                self.counters.failing = 0
            except Exception as error:  # noqa: BLE001  (the thread must not die; health shows that it fails)
                self._failed(error)
                steps = self._pace.back_off
                self._ending.wait(steps[min(self.counters.failing, len(steps)) - 1])
                continue
            if not more and not self._ending.is_set():
                self.awake.wait(self._pace.look)
        self._destination.sender.close()

    def _step(self) -> bool:
        """Send the next batch; whether there was one. No transaction is open while the destination is waited for."""
        with self._state.transaction() as tx:
            rows = tx.findings_after(self.counters.place, self._pace.batch)
        if not rows:
            self._destination.sender.tend()
            return False
        least = self._destination.least.rank
        wanted = [one for _, one in rows if one.severity.rank >= least and one.suppressed is None]
        refused: list[tuple[Finding, RefusedError]] = []
        self._hand_over(wanted, refused)
        self._give_up(refused)
        place = rows[-1][0]
        with self._state.transaction() as tx:
            tx.set_meta(_META + self.name, str(place))
        self.counters.place = place
        self.counters.passed_over += len(rows) - len(wanted)
        return True

    def _hand_over(self, findings: Sequence[Finding], refused: list[tuple[Finding, RefusedError]]) -> None:
        """Send findings; where they are refused, in halves, so that one does not cost the others."""
        if not findings:
            return
        try:
            self._destination.sender.send(findings)
            self.counters.sent += len(findings)
        except RefusedError as error:
            if len(findings) == 1:
                refused.append((findings[0], error))
                return
            middle = len(findings) // 2
            self._hand_over(findings[:middle], refused)
            self._hand_over(findings[middle:], refused)

    def _give_up(self, refused: Sequence[tuple[Finding, RefusedError]]) -> None:
        """Leave refused findings out for good, unless this destination has never taken any.

        Raises:
            UnreachableError: it refuses whatever comes: that is a wrong setting, which must not cost findings.
        """
        if not refused:
            return
        error = refused[0][1]
        if not self.counters.sent:
            raise UnreachableError(error.cause, error.cure)
        self.counters.refused += len(refused)
        shown = ", ".join(finding.id[:80] for finding, _ in refused[:_SHOWN])
        _log.error("%d findings will not reach %s (%s …): %s", len(refused), self.name, shown, error)

    def _failed(self, error: Exception) -> None:
        self.counters.errors += 1
        self.counters.failing += 1
        # Once, and then only while it is news: a destination that is down for a week must not fill the log.
        if self.counters.failing in (1, 10, 100) or not isinstance(error, UnreachableError):
            _log.error("findings could not be forwarded to %s, it is tried again: %s", self.name, told(error))


def last_place(tx: Transaction) -> int:
    """The place of the newest finding; 0 if there is none."""
    low, high = 0, 1
    while high < _FARTHEST and tx.findings_after(high - 1, 1):
        low, high = high, high * 2
    # Something stands after `low - 1`, nothing after `high - 1`.
    while low + 1 < high:
        middle = (low + high) // 2
        if tx.findings_after(middle - 1, 1):
            low = middle
        else:
            high = middle
    return low
