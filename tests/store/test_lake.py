from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pullcord.store.errors import LakeDamagedError, ReadOnlyError
from pullcord.store.lake import open_lake
from pullcord.store.manifest import read_manifest
from pullcord.store.scan import FILES, SEGMENTS, TEMPORARY_FOLDER
from tests.contracts.nouns import event


def test_duckdb_is_loaded_when_needed_only(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from pullcord.store.folder import open_folder;"
        "open_folder(pathlib.Path(sys.argv[1])).close(); print({'duckdb', 'alembic'} & set(sys.modules))"
    )
    for expected in ("{'alembic'}", "set()"):
        run = subprocess.run(
            [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == expected


@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.parametrize("data", [b"", b"PAR1 but no more", None])
def test_a_damaged_file_is_said_so(tmp_path: Path, data: bytes | None, compacted: bool) -> None:  # noqa: FBT001
    with open_lake(tmp_path) as lake:
        lake.append("s", [event("a", attributes={"k": "x" * 2_000})])
        if compacted:
            lake.compact()
        (path,) = (tmp_path / (FILES if compacted else SEGMENTS)).iterdir()
        path.write_bytes(path.read_bytes()[:-500] if data is None else data)
        with pytest.raises(LakeDamagedError, match="cannot be read"):
            lake.count()
        with pytest.raises(LakeDamagedError, match="restore"):
            list(lake.window(0, 1))


def test_a_file_that_is_gone_is_said_so(tmp_path: Path) -> None:
    with open_lake(tmp_path) as lake:
        lake.append("s", [event("a")])
        lake.compact()
        (tmp_path / FILES / read_manifest(tmp_path).files[0].name).unlink()
        with pytest.raises(LakeDamagedError):
            lake.by_id(["a"])


def test_leftovers_of_a_crash_are_swept_at_start(tmp_path: Path) -> None:
    with open_lake(tmp_path) as lake:
        lake.append("s", [event("a")])
    for leftover in (tmp_path / SEGMENTS / "s.parquet.tmp", tmp_path / TEMPORARY_FOLDER / "duckdb_temp_1"):
        leftover.write_bytes(b"half")
    with open_lake(tmp_path) as lake:
        assert lake.count() == 1
    assert [path.name for path in (tmp_path / SEGMENTS).iterdir()] == ["s.parquet"]
    assert not (tmp_path / TEMPORARY_FOLDER / "duckdb_temp_1").exists()


def test_a_reader_of_nothing_sees_nothing_and_writes_nothing(tmp_path: Path) -> None:
    with open_lake(tmp_path / "none", read_only=True) as lake:
        assert lake.count() == 0
        assert lake.trace_ids() == []
        with pytest.raises(ReadOnlyError):
            lake.append("s", [event("a")])
    assert list(tmp_path.iterdir()) == []


def test_a_closed_lake_opens_again_at_the_next_query(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("s", [event("a")])
    lake.close()
    lake.close()
    assert lake.count() == 1
    lake.close()


def test_values_are_never_part_of_the_text(tmp_path: Path) -> None:
    hostile = "x' OR '1'='1' {all} {where} ? \" ; DROP TABLE t; --"
    with open_lake(tmp_path) as lake:
        lake.append("s", [event("a", trace="t", asset="x"), event(hostile, trace=hostile, asset=hostile)])
        assert list(lake.by_id([hostile])) == [hostile]
        assert list(lake.by_trace([hostile])) == [hostile]
        assert [one.id for one in lake.window(0, 1, asset=hostile)] == [hostile]
