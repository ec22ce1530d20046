from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.store.errors import LakeDamagedError
from pullcord.store.manifest import NAME, ColumnarFile, Manifest, read_manifest, write_manifest


def columnar(name: str, *segments: str) -> ColumnarFile:
    return ColumnarFile(name=name, rows=1, size=1, segments=segments)


def test_a_lake_without_a_manifest_is_empty(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == Manifest()


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    manifest = Manifest().replaced((), columnar("1", "a", "b"))
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_a_later_file_takes_segments_over() -> None:
    manifest = Manifest().replaced((), columnar("1", "a", "b")).replaced((), columnar("2", "b", "c"))
    first, second = manifest.files
    assert (first.segments, first.dropped) == (("a",), ("b",))
    assert (second.segments, second.dropped) == (("b", "c"), ())
    assert manifest.following == 3


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=8))
def test_a_segment_stands_in_the_newest_file_only(batches: list[set[str]]) -> None:
    manifest = Manifest()
    newest: dict[str, str] = {}
    for number, batch in enumerate(batches):
        manifest = manifest.replaced((), columnar(str(number), *sorted(batch)))
        newest |= dict.fromkeys(batch, str(number))
    assert {segment: file.name for file in manifest.files for segment in file.segments} == newest
    for file, batch in zip(manifest.files, batches, strict=True):
        assert {*file.segments, *file.dropped} == batch


def test_files_folded_into_one_are_gone() -> None:
    manifest = Manifest().replaced((), columnar("1", "a")).replaced((), columnar("2", "b"))
    assert manifest.replaced(("1", "2"), columnar("3", "a", "b")).files == (columnar("3", "a", "b"),)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff", b'{"schema":"pullcord.lake/2"}', b'{"unknown":1}',
     b'{"files":[{"name":"../../x","rows":1,"size":1,"segments":[]}]}'],
)  # fmt: skip
def test_another_file_in_its_place_is_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(LakeDamagedError):
        read_manifest(tmp_path)
