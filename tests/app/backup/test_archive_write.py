from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from pullcord.app.backup.archive import SCHEMA, ArchiveError, Manifest
from pullcord.app.backup.archive_write import ArchiveWriter
from pullcord.model.noun import digest_bytes
from tests.app.archives import members_of

LONGEST = f"lake/segments/{'s' * 80}.parquet"


def finish(writer: ArchiveWriter) -> None:
    writer.finish(
        Manifest(
            schema=SCHEMA,
            version="1",
            time="t",
            revision="0001",
            incidents=0,
            evidence=0,
            members=tuple(writer.members),
        )
    )


def test_other_tools_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.zst"
    data = {"state.sqlite": b"x" * 3_000_001, "vault/ledger.head": b"", LONGEST: b"y" * 512}
    with path.open("wb") as stream:
        writer = ArchiveWriter(stream)
        for name, body in data.items():
            member = writer.add(name, io.BytesIO(body), len(body))
            assert (member.name, member.size, member.sha256) == (name, len(body), digest_bytes(body))
        finish(writer)
    assert dict(members_of(path)[:-1]) == data


def test_only_what_was_asked_for_is_taken_of_a_file_that_grows() -> None:
    writer = ArchiveWriter(io.BytesIO())
    assert writer.add("vault/ledger.ndjson", io.BytesIO(b"one\ntwo"), 4).sha256 == digest_bytes(b"one\n")


def test_a_file_that_shrinks_is_said() -> None:
    writer = ArchiveWriter(io.BytesIO())
    with pytest.raises(ArchiveError, match="2 bytes shorter"):
        writer.add("state.sqlite", io.BytesIO(b"abc"), 5)


class Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise EOFError(size)


def test_a_member_over_8_gigabytes_has_one_header_that_reads_back() -> None:
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    with pytest.raises(EOFError):
        writer.add("state.sqlite", Broken(), 9 << 30)
    writer._out.flush(zstandard.FLUSH_FRAME)
    raw = zstandard.ZstdDecompressor().stream_reader(out.getvalue()).read()
    assert len(raw) == 512
    info = tarfile.TarInfo.frombuf(raw, "ascii", "strict")
    assert (info.name, info.size) == ("state.sqlite", 9 << 30)
