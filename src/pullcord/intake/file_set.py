"""The log files of one listener: those a pattern names now, and those rotated away that are read to their end."""

from __future__ import annotations

import glob
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from pullcord.intake.followed import Followed, Place, open_followed
from pullcord.intake.listening import Tally
from pullcord.model.times import SECOND

MOST_FILES = 256
"""Files that are followed at a time; rotated ones come on top."""

COUNTED = ("files", "left_out", "unreadable", "lives", "copies", "finished", "lost")

_MOST_NAMES = 10_000
_GRACE = 30 * SECOND
"""How long a rotated file is still looked at: its writer may not have noticed."""
_PACKED = (".gz", ".zst", ".xz", ".bz2", ".zip")


class FileSet:
    """Follows the files that patterns name. Blocking; for one thread at a time.

    Args:
        patterns: absolute, as :mod:`glob` reads them, without ``**``.
        from_start: whether files that are there at the very first start are read from their beginning.
        elapsed: nanoseconds of a clock that nobody sets.
    """

    def __init__(
        self, patterns: Iterable[str], *, from_start: bool, elapsed: Callable[[], int], tally: Tally
    ) -> None:
        self._patterns = tuple(patterns)
        self._from_start, self._elapsed, self._tally = from_start, elapsed, tally
        self._open: dict[tuple[int, int], Followed] = {}
        self._gone: dict[tuple[int, int], int] = {}
        self._since: dict[tuple[int, int], int] = {}
        # Places in lives that have ended: what a copy was made of may be gone when the copy is seen.
        self._past: deque[Place] = deque(maxlen=MOST_FILES)

    def begin(self, places: Iterable[Place] | None) -> None:
        """Open what is there and go on where an earlier run came to; None: there was none."""
        kept = {(one.device, one.inode): one for one in places or ()}
        self._past.extend(kept.values())
        for file in self._found(set()):
            own = kept.get(file.key)
            if own is not None and (own.offset == 0 or file.matches(own)):
                file.go_on(own)
            elif places is None and not self._from_start:
                file.go_to_end()
            self._enter(file)
        for file in self._rotated(kept.keys() - self._open.keys()):
            if file.matches(kept[file.key]):
                file.go_on(kept[file.key])
            self._enter(file)
            self._gone[file.key] = self._elapsed()
        self._tally.add("lost", len(kept.keys() - self._open.keys()))

    def look(self) -> bool:
        """Open what is new, let go of what has ended; whether there are new lives, to be kept before reading."""
        before = {file.place.life for file in self._open.values()}
        present: set[tuple[int, int]] = set()
        for file in self._found(present):
            self._enter(file)
        now = self._elapsed()
        for key, file in self._open.items():
            if key in present:
                self._gone.pop(key, None)
            else:
                self._gone.setdefault(key, now)
            old = file.place
            if file.begun_anew():
                self._past.append(old)
                self._since[key] = now
                self._tally.add("lives")
        for file in self._open.values():
            if file.fresh and file.size():
                self._place(file)
        self._tally.set("files", len(self._open))
        return not {file.place.life for file in self._open.values()} <= before

    def _place(self, file: Followed) -> None:
        """Find out whether a fresh file is a copy of one that was read, or one of its own."""
        others = [one for one in self._open.values() if one is not file]
        places = [*(one.place for one in others), *self._past]
        original = next((place for place in places if file.matches(place)), None)
        if original is not None:
            file.go_on(original)
            self._tally.add("copies")
            return
        young = self._elapsed() - self._since[file.key] < _GRACE
        if not (young and any(file.begins_like(one) for one in others)):
            file.fresh = False

    def ended(self, file: Followed) -> bool:
        """Whether nothing more is to be expected of it."""
        gone = self._gone.get(file.key)
        return gone is not None and self._elapsed() - gone > _GRACE

    def let_go(self, file: Followed) -> None:
        """It was read to its end."""
        self._open.pop(file.key)
        self._gone.pop(file.key, None)
        self._since.pop(file.key, None)
        file.close()
        self._tally.add("finished")

    def touched(self, file: Followed) -> None:
        """Something came from it: one that was rotated away is looked at for longer."""
        if file.key in self._gone:
            self._gone[file.key] = self._elapsed()

    def __iter__(self) -> Iterator[Followed]:
        """The files, rotated ones first: what they hold is older."""
        known = (file for file in self._open.values() if not file.fresh)
        return iter(sorted(known, key=lambda file: file.key not in self._gone))

    def places(self) -> list[Place]:
        """How far all of them were read."""
        return [file.place for file in self._open.values()]

    def close(self) -> None:
        """Let go of all files."""
        for file in self._open.values():
            file.close()
        self._open.clear()
        self._gone.clear()
        self._since.clear()

    def _enter(self, file: Followed) -> None:
        self._open[file.key] = file
        self._since[file.key] = self._elapsed()

    def _found(self, present: set[tuple[int, int]]) -> Iterator[Followed]:
        """Open what the patterns name and is not open yet; all keys are put into ``present``."""
        left_out = unreadable = 0
        for path in sorted(set(islice(self._names(), _MOST_NAMES))):
            try:
                status = path.lstat()
            except OSError:
                continue
            key = (status.st_dev, status.st_ino)
            if key in self._open:
                self._open[key].path = path
                present.add(key)
            elif len(self._open) - len(self._gone) >= MOST_FILES:
                left_out += 1
            elif (file := open_followed(path)) is None:
                unreadable += 1
            elif file.key in self._open:  # replaced since the look at it
                file.close()
            else:
                present.add(file.key)
                yield file
        self._tally.set("left_out", left_out)
        self._tally.set("unreadable", unreadable)

    def _names(self) -> Iterator[Path]:
        for pattern in self._patterns:
            for name in glob.iglob(pattern):  # noqa: PTH207  (pathlib's glob takes no absolute pattern)
                if not name.endswith(_PACKED):
                    yield Path(name)

    def _rotated(self, keys: set[tuple[int, int]]) -> Iterator[Followed]:
        """Files that were renamed while nobody looked, in the folders of the patterns."""
        folders = {os.path.dirname(pattern) for pattern in self._patterns}  # noqa: PTH120  (a pattern)
        for folder in sorted(folders):
            if not keys or glob.has_magic(folder):
                continue
            try:
                with os.scandir(folder) as entries:
                    names = [
                        entry.path
                        for entry in islice(entries, _MOST_NAMES)
                        if any(entry.inode() == inode for _, inode in keys)
                    ]
            except OSError:
                continue
            for name in names:
                file = open_followed(Path(name))
                if file is not None and file.key in keys and file.key not in self._open:
                    yield file
                elif file is not None:
                    file.close()
