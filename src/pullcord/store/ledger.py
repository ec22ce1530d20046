"""The ledger of the vault: one line an entry, each with the digest of the one before, and a head beside it.

The chain shows what was changed, removed, put in or moved; the head (how many entries, and the chain of the
last) shows what was cut off at the end. Whoever can write both files can forge both: for proof against the
owner of the machine, the head has to be kept elsewhere too.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from pullcord.model.evidence import Evidence
from pullcord.model.noun import Noun, canonical, digest
from pullcord.store.durable import PRIVATE_FILE, sync_folder, write_file
from pullcord.store.errors import UnstorableError

LEDGER = "ledger.ndjson"
HEAD = "ledger.head"
START = "0" * 64
MAX_LINE = 64 * 1024
MAX_PROBLEMS = 100
"""Sentences in one report; a ledger that is all wrong says so once more, not a million times."""


class Head(Noun, frozen=True):
    """How many entries the ledger has, and the chain digest of the last (64 zeros for none)."""

    count: int = 0
    chain: str = START


class Reading(msgspec.Struct, frozen=True):
    """What is in a ledger file.

    Attributes:
        entries: the lines that decode, in order.
        tail: bytes after the last line end: an append that was cut short, or is under way.
        problems: one sentence each; empty if every line is what was appended.
    """

    entries: tuple[Evidence, ...]
    tail: bytes
    problems: tuple[str, ...]


def seal(entry: Evidence) -> Evidence:
    """The same entry with ``chain`` computed from all its other fields.

    Raises:
        UnstorableError: it holds text that is not Unicode.
    """
    try:
        return msgspec.structs.replace(entry, chain=digest(msgspec.structs.replace(entry, chain="")))
    except (UnicodeEncodeError, OverflowError) as error:
        raise UnstorableError(
            f"an evidence entry cannot be written: {error}", "describe it in Unicode text"
        ) from error


def read_ledger(folder: Path) -> Reading:
    """Read and check the ledger of a vault; an empty one if there is none."""
    try:
        data = (folder / LEDGER).read_bytes()
    except FileNotFoundError:
        return Reading((), b"", ())
    *lines, tail = data.split(b"\n")
    entries: list[Evidence] = []
    problems: list[str] = []
    previous = START
    for number, line in enumerate(lines):
        try:
            entry = _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            problems.append(f"Ledger line {number + 1} is not an entry: {error}.")
            continue
        problems += (f"Ledger line {number + 1} {what}." for what in _wrong(entry, line, number, previous))
        entries.append(entry)
        previous = entry.chain
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"The ledger has {len(problems) - MAX_PROBLEMS} more problems."]
    return Reading(tuple(entries), tail, tuple(problems))


_decoder = msgspec.json.Decoder(Evidence)


def _wrong(entry: Evidence, line: bytes, number: int, previous: str) -> list[str]:
    found = []
    if canonical(entry) != line:
        found.append("is not written as Pullcord writes it")
    if entry.sequence != number:
        found.append(f"has number {entry.sequence}, not {number}: lines were removed, put in or moved")
    if entry.previous != previous:
        found.append("does not follow from the line before")
    if seal(entry).chain != entry.chain:
        found.append("was changed: its digest does not fit")
    return found


def append_entry(folder: Path, entry: Evidence) -> None:
    """Append an entry and make it durable, then the head.

    Raises:
        UnstorableError: it is over ``MAX_LINE``.
    """
    line = encode_entry(entry)
    path = folder / LEDGER
    new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
    if new:
        sync_folder(folder)
    write_head(folder, Head(count=entry.sequence + 1, chain=entry.chain))


def encode_entry(entry: Evidence) -> bytes:
    """An entry as a line of the ledger.

    Raises:
        UnstorableError: see :func:`append_entry`.
    """
    line = canonical(entry) + b"\n"
    if len(line) > MAX_LINE:
        raise UnstorableError(
            f"an evidence entry of {len(line)} bytes is over the limit of {MAX_LINE}",
            "describe it in fewer words",
        )
    return line


def read_head(folder: Path) -> Head | None:
    """The head of a vault; an empty one if there is none, None if it does not decode."""
    try:
        data = (folder / HEAD).read_bytes()
        head = msgspec.json.decode(data, type=Head)
    except FileNotFoundError:
        return Head()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return head if canonical(head) == data else None


def write_head(folder: Path, head: Head) -> None:
    """Replace the head, whole and durably."""
    write_file(folder / HEAD, canonical(head))


def head_problems(reading: Reading, head: Head | None) -> list[str]:
    """What the head says against the ledger, one sentence each."""
    if head is None:
        return ["The head of the ledger does not decode."]
    count = len(reading.entries)
    last = reading.entries[-1].chain if reading.entries else START
    if count < head.count:
        return [f"The ledger has {count} entries, its head says {head.count}: entries were cut off."]
    if count > head.count:
        return [f"The ledger has {count} entries, its head says {head.count}: entries were added."]
    return [] if last == head.chain else ["The last entry of the ledger is not the one its head names."]
