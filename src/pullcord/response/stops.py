"""The stop switch: files that any process of this installation can read, also when the database is down.

Pressing it makes one new file, lifting it removes exactly the files that two people looked at: so no lock is needed,
and a stop that is pressed while others resume stays.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from pullcord.model.noun import Noun
from pullcord.model.times import HOUR, MINUTE
from pullcord.response.people_errors import NotStoppedError, SecondPersonError

RESUME_COUNTS = 4 * HOUR
"""Nanoseconds for which the word of the first person to resume counts."""

_LARGEST = 64 << 10
_LONGEST_TEXT = 2_000
_ENDING = ".json"


class StopKind(StrEnum):
    """Who stopped: a person, or the clock guard (it also freezes approvals, releases and automatic actions)."""

    PERSON = "person"
    CLOCK = "clock"


class Stop(Noun, frozen=True, kw_only=True):
    """One press of the switch.

    Attributes:
        site: the site that is stopped; empty = every site.
        time: nanoseconds UTC.
        resumed_by, resumed: the first of the two people who want to go on, and when; empty and None before.
    """

    who: str
    reason: str
    time: int
    site: str = ""
    kind: StopKind = StopKind.PERSON
    resumed_by: str = ""
    resumed: int | None = None


@dataclass(frozen=True)
class Word:
    """What one person's word to resume does, weighed and not yet carried out.

    Attributes:
        noted: stops that still need a second person, as they are to be kept.
        lifted: files of stops that two people want to end.
        left: what holds the site afterwards, or None.
    """

    noted: tuple[tuple[Path, Stop], ...]
    lifted: tuple[Path, ...]
    left: Stop | None


class Stops:
    """The stop switches of an installation.

    Whatever cannot be read counts as a stop of every site.

    Args:
        folder: ``<state>/stop``; made as needed.

    Raises:
        OSError: the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stop(
        self, who: str, reason: str, now: int, site: str = "", *, kind: StopKind = StopKind.PERSON
    ) -> Stop:
        """Stop one site, or all; durable when it returns. One person is enough.

        Raises:
            OSError: the file cannot be written.
        """
        made = Stop(who=who[:_LONGEST_TEXT], reason=reason[:_LONGEST_TEXT], time=now, site=site, kind=kind)
        self._write(self._folder / f"{kind.value}-{max(now, 0):020d}-{secrets.token_hex(4)}{_ENDING}", made)
        return made

    def active(self, site: str) -> Stop | None:
        """What holds this site, or None; a stop of every site counts, and at an unknown site (empty) any stop.

        Costs one look into an empty folder as long as nothing is stopped.
        """
        return next((one for one in self.all() if not site or one.site in {"", site}), None)

    def all(self) -> list[Stop]:
        """Every stop, oldest first."""
        return sorted((stop for _, stop in self._read()), key=lambda one: one.time)

    def resume(self, who: str, now: int, site: str = "") -> Stop | None:
        """Weigh somebody's word and let it count at once; see :meth:`weigh`."""
        word = self.weigh(who, now, site)
        self.count(word)
        return word.left

    def weigh(self, who: str, now: int, site: str = "") -> Word:
        """What it would do if somebody said that a site (empty: what stops every site) may go on; changes nothing.

        Raises:
            NotStoppedError: there is no such stop.
            SecondPersonError: the same person again.
        """
        found = [(path, stop) for path, stop in self._read() if stop.site == site]
        if not found:
            where = f"site {site!r}" if site else "every site together"
            raise NotStoppedError(f"no stop is set for {where}", "see `pullcord mode` for what is stopped")
        noted: list[tuple[Path, Stop]] = []
        lifted: list[Path] = []
        again: list[Stop] = []
        for path, stop in found:
            if not stop.resumed_by or not _fresh(stop, now):
                noted.append((path, msgspec.structs.replace(stop, resumed_by=who, resumed=now)))
            elif stop.resumed_by == who:
                again.append(stop)
            else:
                lifted.append(path)
        if len(again) == len(found):
            raise SecondPersonError(f"{who} has said so already", "a second person calls `pullcord resume`")
        held = sorted([*again, *(stop for _, stop in noted)], key=lambda one: one.time)
        return Word(tuple(noted), tuple(lifted), held[0] if held else None)

    def count(self, word: Word) -> None:
        """Let a word count; the second person's lifts the stop. Durable when it returns.

        Raises:
            OSError: a file cannot be written or removed; what was not lifted holds on.
        """
        for path, stop in word.noted:
            self._write(path, stop)
        for path in word.lifted:
            path.unlink(missing_ok=True)
        _sync(self._folder)

    def _read(self) -> Iterator[tuple[Path, Stop]]:
        try:
            names = sorted(path.name for path in self._folder.iterdir() if path.suffix == _ENDING)
        except OSError as error:
            yield self._folder / f"lost{_ENDING}", _unreadable("the folder of stop files", error.strerror)
            return
        for name in names:
            path = self._folder / name
            try:
                yield path, _decoded(path)
            except FileNotFoundError:
                continue  # lifted between listing and reading
            except (OSError, ValueError) as error:
                yield path, _unreadable(f"the stop file {name[:80]}", type(error).__name__)

    def _write(self, path: Path, stop: Stop) -> None:
        """Readers see the old bytes or the new; after a power cut too."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(stop))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(self._folder)


def _fresh(stop: Stop, now: int) -> bool:
    return stop.resumed is not None and -MINUTE <= now - stop.resumed <= RESUME_COUNTS


def _decoded(path: Path) -> Stop:
    # Garbage at the end of a file that is too long would not be seen: one byte more tells.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("too long")
    return msgspec.json.decode(data, type=Stop)


def _unreadable(what: str, why: str | None) -> Stop:
    return Stop(
        who="Pullcord", reason=f"{what} cannot be read ({why}), so everything counts as stopped", time=0
    )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
