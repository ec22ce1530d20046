"""One log file that is followed: how far it was read, and whether it is still the file that it was.

A file is known by device and inode. It begins a new *life* when it was truncated or written anew, which shows in its
size and in the bytes before the place that was reached. A life has a random name, kept before anything of it is read:
life and offset make the ids of lines, so that nothing is lost or doubled over a crash.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from pullcord.intake.line_events import Line
from pullcord.model.noun import Noun, digest_bytes

LONGEST_LINE = 1 << 20
"""Bytes of a line; a longer one is passed over."""

_CHUNK = 1 << 20
_MOST_LINES = 512
_BEFORE = 512
_LEAST_SHARED = 64
_LIFE_BYTES = 8
# No link is followed and no pipe waited for: whoever can write in a log folder must not choose what is read.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Place(Noun, frozen=True, kw_only=True):
    """How far a file was read.

    Attributes:
        life: name of this life of the file.
        offset: of the first byte not read.
        before: digest of the up to 512 bytes before it.
        inside: it lies inside a line that is too long.
    """

    device: int
    inode: int
    life: str
    offset: int = 0
    before: str = ""
    inside: bool = False


class Followed:
    """An open file.

    Attributes:
        place: how far it was read and handed on.
        fresh: it is not known yet whether it is a file of its own or a copy; nothing is read before that.
        too_long: lines that were passed over.
    """

    def __init__(self, path: Path, file: int, status: os.stat_result) -> None:
        self.path = path
        self.fresh, self.too_long = True, 0
        self.place = Place(device=status.st_dev, inode=status.st_ino, life=secrets.token_hex(_LIFE_BYTES))
        self._file = file
        self._seen: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""
        return self.place.device, self.place.inode

    def size(self) -> int:
        """Bytes in it now."""
        return os.fstat(self._file).st_size

    def matches(self, place: Place) -> bool:
        """Whether the file holds, before the place, what was read there."""
        return 0 < place.offset <= self.size() and self._before(place.offset) == place.before

    def begins_like(self, other: Followed) -> bool:
        """Whether both begin with the same bytes, 64 at least: one may be a copy of the other that is being made."""
        mine, theirs = (os.pread(file, _BEFORE, 0) for file in (self._file, other._file))
        shared = min(len(mine), len(theirs))
        return shared >= _LEAST_SHARED and mine[:shared] == theirs[:shared]

    def go_on(self, place: Place) -> None:
        """Read on from a place, of this file or of one that this is a copy of."""
        self.fresh = False
        self.place = Place(
            device=self.place.device,
            inode=self.place.inode,
            life=place.life,
            offset=place.offset,
            before=place.before,
            inside=place.inside,
        )

    def go_to_end(self) -> None:
        """Pass over what is there; a line that is being written counts as passed."""
        self.fresh, size = False, self.size()
        last = os.pread(self._file, 1, size - 1) if size else b"\n"
        self.place = self._at(size, inside=last != b"\n")

    def begun_anew(self) -> bool:
        """Whether it was truncated or written anew since; it then has a new life, from its beginning."""
        status = os.fstat(self._file)
        seen, self._seen = self._seen, (status.st_size, status.st_mtime_ns)
        if seen == self._seen or self.place.offset == 0 or self.matches(self.place):
            return False
        self.place = Place(
            device=self.place.device, inode=self.place.inode, life=secrets.token_hex(_LIFE_BYTES)
        )
        self.fresh = True
        return True

    def read(self, *, ended: bool = False) -> tuple[list[Line], Place]:
        """The next complete lines, at most 512, and the place behind them, to be set once they were handed on.

        Args:
            ended: nothing will be added: the last line counts even without an end.
        """
        offset, inside = self.place.offset, self.place.inside
        if offset and not self.matches(self.place):
            return [], self.place  # written anew since it was looked at
        chunk = os.pread(self._file, _CHUNK + 1, offset)
        found: list[Line] = []
        begin = 0
        while len(found) < _MOST_LINES and begin < len(chunk):
            end = chunk.find(b"\n", begin)
            if end < 0:
                break
            if not inside:
                found.append(Line(chunk[begin:end], f"{self.place.life}:{offset + begin}"))
            begin, inside = end + 1, False
        if not begin and len(chunk) > LONGEST_LINE:
            self.too_long += not inside
            begin, inside = len(chunk), True
        elif ended and not begin and chunk and not inside:
            found.append(Line(chunk, f"{self.place.life}:{offset}"))
            begin = len(chunk)
        return found, self._at(offset + begin, inside=inside) if begin else self.place

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _at(self, offset: int, *, inside: bool) -> Place:
        return Place(
            device=self.place.device,
            inode=self.place.inode,
            life=self.place.life,
            offset=offset,
            before=self._before(offset),
            inside=inside,
        )

    def _before(self, offset: int) -> str:
        begin = max(0, offset - _BEFORE)
        return digest_bytes(os.pread(self._file, offset - begin, begin))


def open_followed(path: Path) -> Followed | None:
    """Open a file, or None if it is gone, may not be read, or is no plain file."""
    try:
        file = os.open(path, _FLAGS)
    except OSError:
        return None
    try:
        status = os.fstat(file)
    except OSError:
        os.close(file)
        return None
    if not stat.S_ISREG(status.st_mode):
        os.close(file)
        return None
    return Followed(path, file, status)
