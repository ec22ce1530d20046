"""Acknowledgement ids of Splunk's collector: handed out when a batch is durable, so every one of them is true."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

MOST_CHANNELS = 4_096
"""Channels that are remembered; of more, those that were silent longest are forgotten: asked then, it is false."""


class Acks:
    """Counts per channel; a channel belongs to the source that used it.

    Attributes:
        forgotten: channels forgotten so far.
    """

    def __init__(self, most: int = MOST_CHANNELS) -> None:
        self._most = most
        self._next: OrderedDict[tuple[str, str], int] = OrderedDict()
        self.forgotten = 0

    def hand_out(self, source: str, channel: str) -> int:
        """The id of a batch that is durable."""
        key = (source, channel)
        number = self._next.get(key, 0)
        self._next[key] = number + 1
        self._next.move_to_end(key)
        if len(self._next) > self._most:
            self._next.popitem(last=False)
            self.forgotten += 1
        return number

    def known(self, source: str, channel: str, numbers: Iterable[int]) -> dict[str, bool]:
        """Which of these ids were handed out on this channel; after a restart none, and the sender sends again."""
        end = self._next.get((source, channel), 0)
        return {str(number): 0 <= number < end for number in numbers}
