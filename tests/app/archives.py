"""Takes archives apart and puts them together again in ways that Pullcord never would."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import msgspec
import zstandard

from pullcord.app.backup.archive import MANIFEST, Manifest, Member
from pullcord.model.noun import digest_bytes

Members = list[tuple[str, bytes]]


def members_of(archive: Path) -> Members:
    """Names and bytes, in order."""
    raw = zstandard.ZstdDecompressor().stream_reader(archive.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        return [(info.name, file.read()) for info in tar if (file := tar.extractfile(info)) is not None]


def packed(raw: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(raw)


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info.tobuf(tarfile.USTAR_FORMAT)


def one(name: str, data: bytes, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    """A member as it stands in the tar."""
    return header(name, len(data), kind, link) + data + bytes(-len(data) % 512)


def write(path: Path, members: Members, *, behind: bytes = b"") -> Path:
    """An archive of members as they are; ``behind`` is added before the end."""
    raw = b"".join(one(name, data) for name, data in members) + behind + bytes(1024)
    path.write_bytes(packed(raw))
    return path


def sealed(members: Members) -> Members:
    """The members with a manifest that fits them, as somebody who knows the format would make it."""
    found = dict(members)
    rest = [(name, data) for name, data in members if name != MANIFEST]
    manifest = msgspec.json.decode(found[MANIFEST], type=Manifest)
    said = tuple(Member(name=name, size=len(data), sha256=digest_bytes(data)) for name, data in rest)
    return [*rest, (MANIFEST, msgspec.json.encode(msgspec.structs.replace(manifest, members=said)))]
