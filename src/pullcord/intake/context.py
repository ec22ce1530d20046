"""What every reader is told (bounds, source, trust, time of receipt) and reports (counters, rejections)."""

from __future__ import annotations

import msgspec

from pullcord.model.event import SourceTrust
from pullcord.model.noun import Noun

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


class Limits(Noun, frozen=True, kw_only=True):
    """Bounds on hostile input; docs/reference/events.md says what happens when one bites.

    Attributes:
        max_line: bytes of one line.
        max_document: bytes of a file that is one JSON document over several lines.
        max_expansion, expansion_floor: a compressed file is given up when it has grown to more than
            ``max_expansion`` times its size and to more than ``expansion_floor`` bytes.
        max_containers: JSON objects and arrays in one line (each costs some 64 bytes of memory).
        max_depth: nesting of an attribute value.
        max_attributes: attributes of one event.
        max_leaves: values that one nested attribute is flattened into.
        max_id, max_key: characters of an identifier and of an attribute name.
        max_event: bytes of the attributes of one event, as JSON.
        max_spread: characters of resource attributes that the spans of one request get copies of in all.
        max_messages: messages put together from older conventions, for one event.
        max_complaints: rejections in a row that are shown one by one.
        max_batch, max_batch_bytes: records and bytes of input after which a batch is closed.
    """

    max_line: int = 16 * MIB
    max_document: int = 64 * MIB
    max_expansion: int = 1_000
    expansion_floor: int = GIB
    max_containers: int = 1_000_000
    max_depth: int = 64
    max_attributes: int = 1_024
    max_leaves: int = 256
    max_id: int = 512
    max_key: int = 512
    max_event: int = 8 * MIB
    max_spread: int = 64 * MIB
    max_messages: int = 1_000
    max_complaints: int = 1_000
    max_batch: int = 512
    max_batch_bytes: int = 8 * MIB


class Counters(msgspec.Struct, kw_only=True):
    """What was read and which bounds bit; grows while reading.

    Attributes:
        records: lines, or elements of a JSON array, that were looked at.
        accepted: events or findings that came out.
        rejected: rejections, shown or not.
        duplicates: ids seen before (counted by :class:`pullcord.intake.dedup.Seen`).
        dedup_evicted: ids forgotten because the memory for them is bounded.
        unknown_keys: top-level keys of native records that the format does not know; kept as ``unmapped.*``.
        odd_clock: times before 2000, or more than a day after receipt; kept.
        renamed: attributes moved to their present name.
        flattened: nested attribute values turned into dotted keys or JSON text.
        wide_numbers: integers beyond 64 bits, read as floating point.
        replaced: records in which half surrogate pairs became U+FFFD.
        truncated: values cut because they were too deep or too long.
        dropped: attributes left out because there were too many, or their name was too long.
        empty_inputs: names of inputs that yielded nothing.
    """

    records: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    dedup_evicted: int = 0
    unknown_keys: int = 0
    odd_clock: int = 0
    renamed: int = 0
    flattened: int = 0
    wide_numbers: int = 0
    replaced: int = 0
    truncated: int = 0
    dropped: int = 0
    empty_inputs: list[str] = []


class Context(Noun, frozen=True, kw_only=True):
    """Where records come from.

    Attributes:
        source: name of the input (a file name, an endpoint).
        received: time of receipt, nanoseconds UTC; 0 = not known.
        trust: whether a suspect could have written to this input. A file: yes.
        counters: shared by all who read under this context.
    """

    source: str = ""
    received: int = 0
    trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE
    limits: Limits = Limits()
    counters: Counters = msgspec.field(default_factory=Counters)


class Rejection(Noun, frozen=True, kw_only=True):
    """A place in an input that could not be read.

    Attributes:
        line: from 1; 0 where there are no lines.
        cause, cure: as in :class:`pullcord.model.errors.PullcordError`.
    """

    source: str
    line: int
    cause: str
    cure: str

    def __str__(self) -> str:
        """``file:line: what; what to do``, in one line that is harmless on a terminal."""
        return printable(f"{self.source}:{self.line}: {self.cause}; {self.cure}")


def printable(text: str, longest: int = 2_000) -> str:
    """The text without line breaks, escape sequences and other control characters, cut to ``longest``."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in text[:longest])
