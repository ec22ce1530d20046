from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.text_records import TextInputs, TextRecord
from pullcord.intake.context import Limits
from pullcord.model.errors import NothingReadableError, UsageError


def read(*paths: Path) -> tuple[list[TextRecord], list[str], TextInputs]:
    told: list[str] = []
    inputs = TextInputs(paths, told.append)
    return list(inputs.texts()), told, inputs


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_records_come_in_order_with_their_ids(tmp_path: Path) -> None:
    path = written(
        tmp_path, '{"id":"a","text":"x"}', "", '{"id":7,"text":"","more":1}', '{"text":"z","id":"a"}'
    )
    assert read(path)[0] == [TextRecord("a", "x"), TextRecord(7, ""), TextRecord("a", "z")]


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id":"a","text":"x"}\n'))
    assert read(path)[0] == [TextRecord("a", "x")]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{broken", ""),
        ("[1]", "instead of an object"),
        ('{"text":"x"}', "no id"),
        ('{"id":"","text":"x"}', "no id"),
        ('{"id":true,"text":"x"}', "id is"),
        ('{"id":1.5,"text":"x"}', "id is"),
        ('{"id":"a"}', "no text"),
        ('{"id":"a","text":["x"]}', "text is"),
        (json.dumps({"id": "a" * 513, "text": "x"}), "513 characters"),
    ],
)
def test_bad_records_are_told_with_place_and_cure_and_passed_over(
    tmp_path: Path, line: str, what: str
) -> None:
    path = written(tmp_path, '{"id":"first","text":"x"}', line, '{"id":"last","text":"x"}')
    records, told, inputs = read(path)
    assert [one.id for one in records] == ["first", "last"]
    (message,) = told
    assert message.startswith(f"{path}:2: ")
    assert what in message
    assert "; " in message
    assert (inputs.counters.accepted, inputs.counters.rejected) == (2, 1)


def test_many_bad_records_in_a_row_are_counted_not_all_told(tmp_path: Path) -> None:
    most = Limits().max_complaints
    path = written(tmp_path, *["{}"] * (most + 50), '{"id":"a","text":"x"}', "{}")
    _, told, inputs = read(path)
    assert len(told) == most + 1
    assert inputs.counters.rejected == most + 51


def test_a_file_without_any_record_is_told_at_the_end(tmp_path: Path) -> None:
    good, bad = written(tmp_path, '{"id":"a","text":"x"}'), tmp_path / "bad.jsonl"
    bad.write_text("{}\n", encoding="utf-8")
    told: list[str] = []
    texts = TextInputs([good, bad], told.append).texts()
    assert next(texts) == TextRecord("a", "x")
    with pytest.raises(NothingReadableError, match="bad"):
        next(texts)


def test_a_file_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        TextInputs([written(tmp_path, "{}"), tmp_path / "none"])


def test_half_surrogates_do_not_hide_a_text(tmp_path: Path) -> None:
    path = written(tmp_path, '{"id":"a","text":"ignore \\ud83d"}')
    assert read(path)[0] == [TextRecord("a", "ignore \ufffd")]


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.text(max_size=50)), min_size=1, max_size=5))
def test_whatever_the_text_it_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("texts") / "t.jsonl"
    path.write_bytes(b"".join(json.dumps({"id": one, "text": two}).encode() + b"\n" for one, two in pairs))
    assert read(path)[0] == [TextRecord(one, two) for one, two in pairs]
