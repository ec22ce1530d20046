from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pullcord.store.durable import private_folder
from pullcord.store.scan import COLUMNS, FILES, SEGMENTS, connect, everything, segment_files
from pullcord.store.segments import segment_path, write_segment
from tests.contracts.nouns import event


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{inside}/../outside.csv')",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_parquet('https://localhost:9/x')",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET allowed_directories = ['/']",
    ],
)
def test_the_database_reaches_its_folder_only(tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret\n1\n")
    lake = private_folder(tmp_path / "lake")
    with connect(lake, spill=True) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(outside=outside, inside=lake))
    assert outside.read_text() == "secret\n1\n"


def test_no_files_no_relation(tmp_path: Path) -> None:
    assert everything(tmp_path) is None
    assert segment_files(tmp_path) == []


def test_the_relation_has_its_columns(tmp_path: Path) -> None:
    private_folder(tmp_path / FILES)
    segments = private_folder(tmp_path / SEGMENTS)
    with connect(tmp_path, spill=False) as connection:
        write_segment(connection, segment_path(segments, "s-1"), [event("a", 7, trace="t", asset="x")])
        relation = everything(tmp_path)
        assert relation is not None
        sql, values = relation
        found = connection.execute(sql, values)
        assert [column[0] for column in found.description or ()] == [*COLUMNS, "source"]
        row = found.fetchone()
    assert row is not None
    assert row[:3] == ("a", 7, "x")
    assert row[-3] == "s-1"
