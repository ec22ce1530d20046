"""Reads the archive of a backup as something an enemy may have written.

Headers are read one by one instead of through ``tarfile.open``: that follows extension headers of any size into
memory, and makes links and devices.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from pullcord.app.backup.archive import (
    BLOCK,
    CHUNK,
    MANIFEST,
    SCHEMA,
    ArchiveError,
    Limits,
    Manifest,
    Member,
    most_bytes,
)
from pullcord.model.errors import UsageError

if TYPE_CHECKING:
    import zstandard

_CURE = "take another archive; nothing was changed"
_LARGEST_WINDOW = 8 * CHUNK
"""Bytes the unpacker may hold; the writer needs 2 MiB."""
_PRIVATE_FOLDER, _PRIVATE_FILE, _NEVER_CHANGES = 0o700, 0o600, 0o400


class Contents(msgspec.Struct, frozen=True):
    """An archive that was read to its end and is what its manifest says; ``sha256`` and ``size`` of the file."""

    manifest: Manifest
    sha256: str
    size: int


def read_archive(path: Path, target: Path | None = None, limits: Limits | None = None) -> Contents:
    """Check every member of an archive against its manifest and, if there is a target, unpack it there.

    Args:
        path: the archive.
        target: an empty folder; what is in it when this raises is not to be used. None only checks.
        limits: None = the usual ones.

    Raises:
        UsageError: the file cannot be opened.
        ArchiveError: it is no backup, is damaged, was changed, or is beyond the limits.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: cannot be opened ({error.strerror})", "name the archive") from error
    with stream:
        size = os.fstat(stream.fileno()).st_size
        reading = _Reading(path, stream, size, limits or Limits())
        manifest = reading.all(target)
        stream.seek(0)
        return Contents(manifest, hashlib.file_digest(stream, "sha256").hexdigest(), size)


class _Reading:
    """One pass over one archive."""

    def __init__(self, path: Path, stream: BinaryIO, size: int, limits: Limits) -> None:
        import zstandard

        self._path, self._limits = path, limits
        self._left = limits.floor + limits.expansion * size
        self._error: type[zstandard.ZstdError] = zstandard.ZstdError
        unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        # Across frames: what was hung on behind the end is then no frame, or a frame that must be empty.
        self._in = unpacker.stream_reader(stream, read_across_frames=True, closefd=False)
        self._found: dict[str, Member] = {}

    def all(self, target: Path | None) -> Manifest:
        while True:
            info = self._header()
            if info is None:
                raise self._wrong(f"it ends without {MANIFEST}")
            if info.name == MANIFEST:
                break
            if target is None:
                self._found[info.name] = self._member(info, lambda _chunk: None)
            else:
                self._found[info.name] = self._unpacked(info, target)
        manifest = self._manifest(info)
        if self._header() is not None:
            raise self._wrong(f"there is something behind {MANIFEST}")
        self._nothing_left()
        return manifest

    def _header(self) -> tarfile.TarInfo | None:
        block = self._exactly(BLOCK)
        if not any(block):
            return None
        try:
            info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.TarError, ValueError) as error:
            raise self._wrong(f"a header does not decode: {error}") from error
        most = most_bytes(info.name)
        if most is None:
            raise self._wrong(f"no backup has a member {info.name[:100]!r}")
        if info.type != tarfile.REGTYPE or info.linkname:
            raise self._wrong(f"{info.name} is no plain file")
        if not 0 <= info.size <= most:
            raise self._wrong(f"{info.name} says it has {info.size} bytes, the limit is {most}")
        if info.name in self._found:
            raise self._wrong(f"{info.name} is there twice")
        if len(self._found) > self._limits.members:
            raise self._wrong(f"it has more than {self._limits.members} members")
        return info

    def _member(self, info: tarfile.TarInfo, sink: Callable[[bytes], object]) -> Member:
        seen = hashlib.sha256()
        left = info.size
        while left:
            chunk = self._exactly(min(CHUNK, left))
            seen.update(chunk)
            sink(chunk)
            left -= len(chunk)
        self._exactly(-info.size % BLOCK)
        return Member(name=info.name, size=info.size, sha256=seen.hexdigest())

    def _unpacked(self, info: tarfile.TarInfo, target: Path) -> Member:
        free = shutil.disk_usage(target).free - self._limits.reserve
        if info.size > free:
            raise self._wrong(
                f"{info.name} needs {info.size} bytes, the disk of {target.parent} has {max(free, 0)} to spare",
                "make room there; nothing was changed",
            )
        path = target / info.name
        path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        mode = _NEVER_CHANGES if info.name.startswith("vault/bytes/") else _PRIVATE_FILE
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(handle, "wb") as file:
            member = self._member(info, file.write)
            file.flush()
            os.fsync(file.fileno())
        return member

    def _manifest(self, info: tarfile.TarInfo) -> Manifest:
        chunks: list[bytes] = []
        self._member(info, chunks.append)
        try:
            manifest = msgspec.json.decode(b"".join(chunks), type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise self._wrong(f"{MANIFEST} does not decode: {error}") from error
        if manifest.schema != SCHEMA:
            raise self._wrong(
                f"it has schema {manifest.schema[:40]!r}, this Pullcord knows {SCHEMA}",
                "use a newer Pullcord",
            )
        said = {member.name: member for member in manifest.members}
        for name in {**said, **self._found}:
            if name not in self._found or len(said) != len(manifest.members):
                raise self._wrong(f"{name[:100]!r} is missing or named twice")
            if said.get(name) != self._found[name]:
                raise self._wrong(f"{name} was changed: {MANIFEST} says something else about it")
        return manifest

    def _nothing_left(self) -> None:
        while chunk := self._read(CHUNK):
            if any(chunk):
                raise self._wrong("there is something behind its end")

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            chunk = self._read(count - len(data))
            if not chunk:
                raise self._wrong("it is cut short")
            data += chunk
        return data

    def _read(self, count: int) -> bytes:
        try:
            chunk = self._in.read(count)
        except self._error as error:
            raise self._wrong(f"it does not unpack: {error}") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise self._wrong("it unpacks to far more than its size")
        return chunk

    def _wrong(self, what: str, cure: str = _CURE) -> ArchiveError:
        return ArchiveError(f"{self._path}: no sound backup: {what}", cure)
