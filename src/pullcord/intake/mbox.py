"""Reads new mails from the end of an mbox file (RFC 4155, ``mboxrd`` quoting)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pullcord.intake.mail import LONGEST
from pullcord.model.noun import Noun
from pullcord.model.times import SECOND

_MOST = 100
_CHUNK = 2 * LONGEST
_QUIET = 2 * SECOND
"""The last mail is complete when nothing was added for so long."""
_BEGIN = re.compile(rb"(?:\A|\n\r?\n)(From [^\n]*\n)")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class Spot(Noun, frozen=True, kw_only=True):
    """A place in a file: its inode, and the first byte that was not read."""

    inode: int = 0
    offset: int = 0


class Mbox:
    """An mbox file; opened for each look, so that one put in its place is seen."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, spot: Spot, now: int) -> tuple[list[bytes], Spot]:
        """The next complete mails, at most 100, and the place behind them.

        A file that is another one or has become shorter is read from its beginning. What is larger than a mail may
        be is cut, and refused as too large.

        Args:
            now: nanoseconds UTC.

        Raises:
            OSError: it cannot be read.
        """
        with self._path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_ino != spot.inode or status.st_size < spot.offset:
                spot = Spot(inode=status.st_ino)
            file.seek(spot.offset)
            chunk = file.read(_CHUNK)
        begins = [found.start(1) for found in _BEGIN.finditer(chunk)][: _MOST + 1]
        if not begins:
            # Nothing that begins a mail: wait for more, or pass over what can be none.
            passed = len(chunk) if len(chunk) == _CHUNK else 0
            return [], Spot(inode=spot.inode, offset=spot.offset + passed)
        whole = spot.offset + len(chunk) == status.st_size and now - status.st_mtime_ns > _QUIET
        ends = [*begins[1:], len(chunk)]
        if len(begins) > _MOST or not (whole or (len(chunk) == _CHUNK and len(begins) == 1)):
            ends.pop()
        mails = [_mail(chunk[begin:end]) for begin, end in zip(begins, ends, strict=False)]
        return mails, Spot(inode=spot.inode, offset=spot.offset + (ends[-1] if ends else 0))


def _mail(raw: bytes) -> bytes:
    """The mail itself: without the line before it, and without what was put before lines that look like one."""
    return _QUOTED.sub(rb"\1", raw.partition(b"\n")[2])
