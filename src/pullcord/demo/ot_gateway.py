"""The OT gateway in front of the controller: holds the envelope, and tells Pullcord of every write it sees.

Its telemetry goes out under its own token, which no agent holds: that is what makes it an authenticated source.
"""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pullcord.demo import calling
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.place import Plant, read_link
from pullcord.demo.plc import ENVELOPE
from pullcord.demo.story import SITE
from pullcord.model.times import to_rfc3339

_TAG = "WI-07.limit"
_CORRECTION = "ST-07.correction"
_OWNERS = {_TAG: "weld-inspection", _CORRECTION: "seam-tracking"}
"""Which AI system a tag belongs to: that is what an event is about; who wrote is its actor."""
_CORRECTION_ENVELOPE = (-1.5, 1.5)
_MOST_WAITING = 5_000
_RETRY = 0.5
_NEVER = (400, 413, 415, 422)


class Reporter:
    """Sends events to Pullcord from a thread of its own; nobody in the plant waits for it.

    Events wait in memory while Pullcord is away, at most 5,000; then the oldest goes (``lost`` counts them).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: deque[bytes] = deque()
        self._news = threading.Condition()
        self.lost = 0
        threading.Thread(target=self._run, daemon=True, name="reporter").start()

    @property
    def waiting(self) -> int:
        """Events that have not reached Pullcord."""
        return len(self._waiting)

    def tell(self, event: dict[str, Any]) -> None:
        """Queue one event."""
        with self._news:
            self._waiting.append(json.dumps(event).encode())
            if len(self._waiting) > _MOST_WAITING:
                self._waiting.popleft()
                self.lost += 1
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._waiting:
                    self._news.wait()
                first = self._waiting[0]
            if self._send(first):
                with self._news:
                    if self._waiting and self._waiting[0] is first:
                        self._waiting.popleft()
            else:
                time.sleep(_RETRY)

    def _send(self, line: bytes) -> bool:
        link = read_link(self._folder)
        place = urlsplit(link.url) if link else None
        if link is None or place is None or place.port is None:
            return False
        try:
            calling.post(place.port, "/api/v1/events", line, "application/x-ndjson", link.gateway)
        except NoAnswerError as error:
            # What Pullcord will never take must not hold up the rest; a token or its time may yet come.
            return error.status in _NEVER
        return True


class OtGateway:
    """Takes ``write_tag``."""

    def __init__(self, plant: Plant, reporter: Reporter) -> None:
        self._plant = plant
        self._reporter = reporter
        self._name = secrets.token_hex(4)
        self._count = 0
        self._lock = threading.Lock()

    def write(self, agent: str, arguments: Mapping[str, str], trace_id: str) -> str:
        """Carry out a write, or refuse it; returns what the agent is told."""
        tag = arguments.get("tag", "")[:200]
        try:
            value = float(arguments.get("value", "")[:40])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            return "refused: the value is no number"
        if tag == _CORRECTION:
            low, high = _CORRECTION_ENVELOPE
            inside = low <= value <= high
            self._tell(agent, tag, value, "inside" if inside else "rejected", trace_id)
            return (
                f"corrected by {value:g} mm" if inside else f"refused: outside the envelope ({low} to {high})"
            )
        if tag != _TAG:
            self._tell(agent, tag, value, "rejected", trace_id)
            return "refused: this tag cannot be written"
        low, high = ENVELOPE
        if not low <= value <= high:
            self._tell(agent, tag, value, "rejected", trace_id)
            return f"refused: outside the envelope ({low} to {high})"
        self._tell(agent, tag, value, "inside", trace_id)
        ports, token = self._plant.ports, self._plant.tokens.setpoint
        try:
            answer = calling.ask("POST", ports.hmi, "/limit", {"value": value}, token=token)
        except NoAnswerError:
            return "failed: the line does not answer"
        return "written" if answer.get("accepted") else "refused by the controller"

    def _tell(self, agent: str, tag: str, value: float, result: str, trace_id: str) -> None:
        with self._lock:
            self._count += 1
            number = self._count
        event: dict[str, Any] = {
            "id": f"gateway-{self._name}-{number:06d}",
            "time": to_rfc3339(time.time_ns()),
            "site": SITE,
            "asset": _OWNERS.get(tag, agent),
            "actor": agent,
            "logsource": {"product": "ai", "category": "ot", "service": "ot-gateway"},
            "attributes": {
                "ot.operation": "write",
                "ot.principal.kind": "ai",
                "ot.tag": tag,
                "ot.value": value,
                "ot.envelope.result": result,
            },
        }
        if trace_id:
            event["trace_id"] = trace_id
        self._reporter.tell(event)
