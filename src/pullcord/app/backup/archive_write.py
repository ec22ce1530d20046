"""Writes the archive of a backup: a stream, in memory never more than a chunk of it."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import BinaryIO

import msgspec

from pullcord.app.backup.archive import BLOCK, CHUNK, MANIFEST, ArchiveError, Manifest, Member

_LEVEL = 3
_LARGEST_POSIX = 8**11
"""Bytes from which on the size of a member needs GNU's binary form; system tar reads both."""


class ArchiveWriter:
    """Adds members to an archive; :meth:`finish` writes the manifest and the end.

    Attributes:
        members: what was added so far.
    """

    def __init__(self, stream: BinaryIO) -> None:
        import zstandard

        packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self._end = zstandard.FLUSH_FRAME
        self._out = packer.stream_writer(stream, closefd=False)
        self.members: list[Member] = []

    def add(self, name: str, source: BinaryIO, size: int) -> Member:
        """Add ``size`` bytes of a stream under a name.

        Raises:
            ArchiveError: the stream ends before.
        """
        self._header(name, size)
        seen = hashlib.sha256()
        left = size
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                raise ArchiveError(
                    f"{name} became {left} bytes shorter while it was copied",
                    "look who else writes to the state folder, then run `pullcord backup` again",
                )
            seen.update(chunk)
            self._out.write(chunk)
            left -= len(chunk)
        self._out.write(bytes(-size % BLOCK))
        self.members.append(Member(name=name, size=size, sha256=seen.hexdigest()))
        return self.members[-1]

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest as the last member, and the end."""
        data = msgspec.json.encode(manifest)
        self.add(MANIFEST, io.BytesIO(data), len(data))
        self._out.write(bytes(2 * BLOCK))
        self._out.flush(self._end)

    def _header(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size = size
        info.mode = 0o600
        if size < _LARGEST_POSIX:
            self._out.write(info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict"))
        else:
            self._out.write(info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))
