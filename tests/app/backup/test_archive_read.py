from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.backup.archive import MANIFEST, ArchiveError, Limits
from pullcord.app.backup.archive_read import read_archive
from pullcord.model.errors import UsageError
from pullcord.model.noun import digest_bytes
from tests.app.archives import header, members_of, one, packed, sealed, write
from tests.app.states import make_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive; look, do not touch."""
    return make_archive(tmp_path_factory.mktemp("archive"))


def refused(path: Path, limits: Limits | None = None) -> str:
    """Why an archive is refused, checked and unpacked alike."""
    target = path.parent / f"target-{path.name}"
    target.mkdir()
    with pytest.raises(ArchiveError) as unpacking:
        read_archive(path, target, limits)
    with pytest.raises(ArchiveError) as checking:
        read_archive(path, None, limits)
    assert str(checking.value) == str(unpacking.value)
    outside = {one.name for one in path.parent.iterdir()} - {path.name, target.name}
    assert not outside
    return str(checking.value)


def test_what_was_written_is_read(archive: Path, tmp_path: Path) -> None:
    contents = read_archive(archive, tmp_path)
    assert contents.sha256 == digest_bytes(archive.read_bytes())
    assert contents.size == archive.stat().st_size
    assert contents == read_archive(archive)
    for name, data in members_of(archive):
        if name == MANIFEST:
            assert not (tmp_path / name).exists()
        else:
            assert (tmp_path / name).read_bytes() == data
            mode = (tmp_path / name).stat().st_mode & 0o777
            assert mode == (0o400 if name.startswith("vault/bytes/") else 0o600)
    assert write(tmp_path / "again", sealed(members_of(archive))).exists()
    read_archive(tmp_path / "again")


def test_every_member_changed_in_one_bit_is_found(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    for number, (name, data) in enumerate(members):
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        path = write(tmp_path / "a", [*members[:number], (name, bytes(changed)), *members[number + 1 :]])
        with pytest.raises(ArchiveError, match=name):
            read_archive(path)


def test_every_member_left_out_or_added_is_found(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    for number, _ in enumerate(members):
        with pytest.raises(ArchiveError):
            read_archive(write(tmp_path / "a", members[:number] + members[number + 1 :]))
    more = [("lake/segments/more.parquet", b"x"), *members]
    with pytest.raises(ArchiveError, match=r"more\.parquet was changed"):
        read_archive(write(tmp_path / "a", more))
    with pytest.raises(ArchiveError, match="is there twice"):
        read_archive(write(tmp_path / "a", [members[0], *members]))
    with pytest.raises(ArchiveError, match="behind manifest"):
        read_archive(write(tmp_path / "a", [*members, ("pullcord.toml", b"")]))


def test_flipped_and_cut_files_are_refused(archive: Path, tmp_path: Path) -> None:
    data = archive.read_bytes()
    path = tmp_path / "a"
    for place in range(0, len(data), max(1, len(data) // 97)):
        changed = bytearray(data)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        try:
            read_archive(path)
        except ArchiveError:
            pass
        else:
            # Compressed data has a few bits that nothing is read from: all that comes out is as it was.
            assert members_of(path) == members_of(archive)
        path.write_bytes(data[:place])
        with pytest.raises(ArchiveError):
            read_archive(path)
    path.write_bytes(data + b"more")
    with pytest.raises(ArchiveError):
        read_archive(path)
    path.write_bytes(data + packed(b"more"))
    with pytest.raises(ArchiveError, match="behind its end"):
        read_archive(path)


def evil() -> Iterator[tuple[str, bytes, str]]:
    """Name, what stands in the tar, and what is said about it."""
    yield "parent", one("../evil", b"x"), "no backup has a member '../evil'"
    yield "inner", one("lake/segments/../../../evil", b"x"), "no backup has a member"
    yield "absolute", one("/tmp/evil", b"x"), "no backup has a member"  # noqa: S108  (never opened)
    yield "lock", one("lock", b"1"), "no backup has a member 'lock'"
    yield "stop", one("stop/all.json", b"1"), "no backup has a member"
    yield "symbolic", one("state.sqlite", b"", tarfile.SYMTYPE, "/etc/passwd"), "is no plain file"
    yield "hard", one("state.sqlite", b"", tarfile.LNKTYPE, "/etc/passwd"), "is no plain file"
    yield "named", one("state.sqlite", b"", tarfile.REGTYPE, "/etc/passwd"), "is no plain file"
    yield "device", one("state.sqlite", b"", tarfile.CHRTYPE), "is no plain file"
    yield "pipe", one("state.sqlite", b"", tarfile.FIFOTYPE), "is no plain file"
    yield "folder", one("state.sqlite", b"", tarfile.DIRTYPE), "is no plain file"
    yield "extended", one("state.sqlite", b"30 path=../evil\n", tarfile.XHDTYPE), "is no plain file"
    yield "long", one("././@LongLink", b"../evil\0", tarfile.GNUTYPE_LONGNAME), "no backup has a member"
    yield "sparse", one("state.sqlite", b"", tarfile.GNUTYPE_SPARSE), "is no plain file"
    yield "huge", header("pullcord.toml", 1 << 21), "the limit is"
    yield "sum", b"\0" + header("state.sqlite", 0)[1:], "a header does not decode"
    yield "nothing", b"", "ends without manifest.json"
    yield "short", header("pullcord.toml", 100), "cut short"


@pytest.mark.parametrize(("name", "raw", "why"), list(evil()), ids=[name for name, _, _ in evil()])
def test_evil_members_are_refused(tmp_path: Path, name: str, raw: bytes, why: str) -> None:
    path = tmp_path / name
    end = b"" if name == "short" else bytes(1024)
    path.write_bytes(packed(raw + end))
    assert why in refused(path)
    assert not list(tmp_path.rglob("*evil*"))


def test_a_negative_size_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("state.sqlite")
    raw = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    raw[124:136] = b"\xff" * 12  # base 256: -1
    raw[148:156] = b" " * 8
    raw[148:156] = f"{sum(raw):06o}\0 ".encode()
    path = tmp_path / "a"
    path.write_bytes(packed(bytes(raw) + bytes(1024)))
    assert "says it has -1 bytes" in refused(path)


def test_a_bomb_is_stopped_where_its_limit_is(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb", [("state.sqlite", bytes(64 << 20))])
    assert path.stat().st_size < 1 << 14
    assert "unpacks to far more" in refused(path, Limits(expansion=10, floor=1 << 20))
    written = sum(one.stat().st_size for one in (tmp_path / "target-bomb").rglob("*") if one.is_file())
    assert written <= 3 << 20


def test_a_full_disk_is_foreseen(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="make room there"):
        read_archive(archive, tmp_path, Limits(reserve=1 << 60))


def test_too_many_members_are_refused(archive: Path) -> None:
    with pytest.raises(ArchiveError, match="more than 3 members"):
        read_archive(archive, None, Limits(members=3))


def test_another_schema_is_refused(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    manifest = members[-1][1].replace(b"pullcord.backup/1", b"pullcord.backup/2")
    with pytest.raises(ArchiveError, match="use a newer Pullcord"):
        read_archive(write(tmp_path / "a", [*members[:-1], (MANIFEST, manifest)]))


def test_a_manifest_that_is_none_is_refused(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)[:-1]
    for text in (b"", b"{}", b"[" * 10_000, b"\xff"):
        with pytest.raises(ArchiveError, match="does not decode"):
            read_archive(write(tmp_path / "a", [*members, (MANIFEST, text)]))


@given(st.binary(max_size=2_000).flatmap(lambda data: st.sampled_from([data, packed(data)])))
def test_anything_else_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(data)
    with pytest.raises(ArchiveError):
        read_archive(path)


def test_no_file_is_a_fault_of_the_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_archive(tmp_path / "none")
