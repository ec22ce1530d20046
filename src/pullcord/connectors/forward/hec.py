"""Findings to Splunk's HTTP Event Collector, or to anything that speaks it.

Source: Splunk, "Format events for HTTP Event Collector" and "About HTTP Event Collector Indexer Acknowledgment".
"""

from __future__ import annotations

import gzip
import time
import uuid
from collections.abc import Mapping, Sequence

import msgspec

from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.posting import Poster
from pullcord.connectors.forward.sender import Shape
from pullcord.model.finding import Finding
from pullcord.model.times import SECOND

SOURCETYPE = "pullcord:ocsf"
_COLLECTOR = "/services/collector"
_OK, _BAD, _LARGE = 200, 400, 413
# Codes of an answer 400 that are about the data; the others are about token, channel and index.
_ABOUT_DATA = frozenset({5, 6, 12, 13, 15})
_FIRST_LOOK, _LAST_LOOK = 0.05, 1.0


class _Answer(msgspec.Struct):
    """What HEC answers; ``ackId`` where the token asks for acknowledgement."""

    text: str = ""
    code: int = 0
    ackId: int | None = None  # noqa: N815  (their name)


class _Acks(msgspec.Struct):
    """Which batches are indexed."""

    acks: dict[str, bool] = {}


class HecSender:
    """One collector.

    Args:
        poster: to its address; without a path: ``/services/collector/event``.
        token: sent as ``Authorization: Splunk``.
        shape: what the field ``event`` holds.
        index: default: that of the token.
        ack_seconds: how long to wait until a batch is indexed, where the token asks for acknowledgement.
    """

    def __init__(
        self, poster: Poster, token: str, shape: Shape, index: str = "", ack_seconds: float = 30.0
    ) -> None:
        self._poster, self._shape, self._index = poster, shape, index
        self._ack_seconds = ack_seconds
        self._channel = str(uuid.uuid4())
        # A proxy may serve it under a path of its own.
        base, found, rest = poster.path.partition(_COLLECTOR)
        self._path = f"{base.rstrip('/')}{_COLLECTOR}{rest if found and rest.strip('/') else '/event'}"
        self._ack_path = f"{base.rstrip('/')}{_COLLECTOR}/ack?channel={self._channel}"
        self._headers = {
            "authorization": f"Splunk {token}",
            "content-type": "application/json",
            "x-splunk-request-channel": self._channel,
        }

    def send(self, findings: Sequence[Finding]) -> None:
        """Send one batch; see :meth:`pullcord.connectors.forward.sender.Sender.send`."""
        records = [to_hec(finding, self._shape, self._index) for finding in findings]
        body = gzip.compress(b"\n".join(map(msgspec.json.encode, records)), compresslevel=5, mtime=0)
        headers = {**self._headers, "content-encoding": "gzip"}
        status, data = self._poster.post(body, headers, self._path)
        answer = _read(data)
        if status == _LARGE or (status == _BAD and answer.code in _ABOUT_DATA):
            raise RefusedError(
                f"{self._poster.shown} refuses findings (HTTP {status}, code {answer.code})",
                "see its log and the limits of its input",
            )
        if status != _OK or answer.code:
            raise UnreachableError(
                f"{self._poster.shown} did not take findings (HTTP {status}, code {answer.code})",
                "check token, index and address",
            )
        if answer.ackId is not None:
            self._wait_for(answer.ackId)

    def tend(self) -> None:
        """Nothing to do: an answer of success is an answer."""

    def close(self) -> None:
        """Close connections."""
        self._poster.close()

    def _wait_for(self, number: int) -> None:
        """Wait until a batch is indexed: with acknowledgement on, an answer of success does not mean that yet."""
        until = time.monotonic() + self._ack_seconds
        body = msgspec.json.encode({"acks": [number]})
        pause = _FIRST_LOOK
        while True:
            status, data = self._poster.post(body, self._headers, self._ack_path)
            if status == _OK and _acked(data, number):
                return
            if time.monotonic() > until:
                raise UnreachableError(
                    f"{self._poster.shown} does not acknowledge findings", "see whether its indexers keep up"
                )
            time.sleep(pause)
            pause = min(2 * pause, _LAST_LOOK)


def to_hec(finding: Finding, shape: Shape, index: str = "") -> Mapping[str, object]:
    """A finding as an event of HEC; ``time`` in seconds since the epoch."""
    record: dict[str, object] = {
        "time": round(finding.time / SECOND, 3),
        "source": "pullcord",
        "sourcetype": SOURCETYPE,
        "event": shape(finding),
        "fields": {"finding_id": finding.id, "severity": finding.severity.value},
    }
    if finding.asset:
        record["host"] = finding.asset
    if index:
        record["index"] = index
    return record


def _read(data: bytes) -> _Answer:
    try:
        return msgspec.json.decode(data, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Not HEC, or a proxy before it: -1 is no code of theirs.
        return _Answer(code=-1)


def _acked(data: bytes, number: int) -> bool:
    try:
        return msgspec.json.decode(data, type=_Acks).acks.get(str(number), False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
