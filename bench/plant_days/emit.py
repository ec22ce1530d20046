"""How streams write what they see: native events, or records as other tools write them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bench.plant_days.days import SECOND, Day

Record = tuple[int, bytes]
"""Time in nanoseconds UTC, and the line."""
SITE = "Torvik"


class Stream:
    """The records of one source on one day.

    Args:
        name: part of every id and of the seed of its chance.
    """

    def __init__(self, day: Day, name: str) -> None:
        self.day, self.name = day, name
        self.chance = day.chance(name)
        self.records: list[Record] = []
        self._count = 0

    def key(self) -> str:
        """An id that nothing else has."""
        self._count += 1
        return f"d{self.day.number}-{self.name}-{self._count}"

    def ai(self, time: int, category: str, attributes: Mapping[str, object], **envelope: str | None) -> None:
        """A native event of product ``ai``."""
        self.native(time, {"product": "ai", "category": category}, attributes, **envelope)

    def native(
        self,
        time: int,
        logsource: Mapping[str, str],
        attributes: Mapping[str, object],
        **envelope: str | None,
    ) -> None:
        """A native event."""
        self.raw(
            time,
            {
                "id": self.key(),
                "time": rfc3339(time),
                "logsource": logsource,
                "site": SITE,
                "attributes": attributes,
                **{key: value for key, value in envelope.items() if value is not None},
            },
        )

    def raw(self, time: int, record: Mapping[str, Any]) -> None:
        """A record as another tool writes it."""
        self.records.append((time, msgspec.json.encode(record)))


def rfc3339(time: int) -> str:
    """A time as RFC 3339 with microseconds."""
    seconds, rest = divmod(time, SECOND)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1_000:06}Z"


def messages(*turns: tuple[str, str]) -> str:
    """Messages as the OpenTelemetry GenAI conventions record them."""
    listed: Sequence[object] = [
        {"role": role, "parts": [{"type": "text", "content": text}]} for role, text in turns
    ]
    return json.dumps(listed, ensure_ascii=False)


def digest_of(text: str) -> str:
    """A made-up digest: the same text gives the same one."""
    import hashlib

    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
