"""What the OT writer must still know after a crash: its requests, its answers, and the newest list it has seen."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import msgspec

from pullcord.model.noun import Noun
from pullcord.model.ot import OtReply
from pullcord.otwriter.durable import PRIVATE_FILE, read_file, write_file
from pullcord.otwriter.errors import WriterStateError

_SCHEMA = "pullcord.ot-writer-state/1"
# A thousand answers of the longest kind fit in.
_LARGEST = 1 << 27
MOST_ANSWERS = 1_000
MOST_SENT = 2_000


class Sent(Noun, frozen=True, kw_only=True):
    """One request that went, or may have gone, to a PLC; ``time`` in nanoseconds UTC."""

    system: str
    time: int


class Answer(Noun, frozen=True, kw_only=True):
    """What was said to a key.

    Attributes:
        sent: written before the request goes out; with ``reply`` None nobody knows whether it arrived.
    """

    key: str
    system: str
    time: int
    sent: bool = False
    reply: OtReply | None = None


class Memory(Noun, frozen=True, kw_only=True):
    """The file.

    Attributes:
        version: highest version of the allow-list seen.
        sent: for the rate cap, oldest first.
        held: systems that are in manual by our doing, as far as we know.
        answers: oldest first, one for each key.
    """

    schema: str = _SCHEMA
    version: int = 0
    sent: tuple[Sent, ...] = ()
    held: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


class MemoryFile:
    """The memory on the disk, held by one process at a time.

    Args:
        path: of the file; ``<path>.lock`` beside it is locked while this object lives.

    Raises:
        WriterStateError: it does not decode (never begun anew by itself: the caps would be reset), cannot be
            read, or another writer has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = _locked(path)
        try:
            self.now = _read(path)
        except WriterStateError:
            self.close()
            raise

    def keep(self, **changes: object) -> None:
        """Change fields of the memory and make that durable; without success nothing is changed.

        Raises:
            OSError: the disk does not take it.
        """
        new = msgspec.structs.replace(self.now, **changes)
        write_file(self.path, msgspec.json.encode(new))
        self.now = new

    def answer(self, key: str) -> Answer | None:
        """What was said to a key, or None."""
        return next((one for one in self.now.answers if one.key == key), None)

    def with_answer(self, answer: Answer) -> tuple[Answer, ...]:
        """All answers with this one last; beyond the limit the oldest that were never sent go first.

        Refusals cost nothing to provoke, so they must not push out what was really sent.
        """
        kept = [one for one in self.now.answers if one.key != answer.key]
        while len(kept) >= MOST_ANSWERS:
            kept.pop(next((place for place, one in enumerate(kept) if not one.sent), 0))
        return (*kept, answer)

    def close(self) -> None:
        """Let another writer in; more than once does no harm."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _read(path: Path) -> Memory:
    try:
        found = msgspec.json.decode(read_file(path, _LARGEST), type=Memory)
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        raise WriterStateError(f"{path}: cannot be read ({error.strerror})", "check its rights") from error
    except (ValueError, RecursionError) as error:
        raise WriterStateError(
            f"{path}: broken ({error})",
            "restore it from a backup; removing it forgets the caps, so ask the OT owner first",
        ) from error
    if found.schema != _SCHEMA:
        raise WriterStateError(f"{path}: schema is not {_SCHEMA}", "use the OT writer that wrote it")
    return found


def _locked(path: Path) -> int:
    place = path.with_name(path.name + ".lock")
    try:
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
    except OSError as error:
        raise WriterStateError(
            f"{place}: {error.strerror}", "make its folder, writable for the writer"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise WriterStateError(f"{path}: another OT writer uses it", "stop that one first") from error
    return handle
