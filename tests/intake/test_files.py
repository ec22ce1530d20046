from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Limits, Rejection
from pullcord.intake.files import Record, check_inputs, open_records
from pullcord.model.errors import UsageError


def read(path: Path, limits: Limits | None = None) -> list[Record | Rejection]:
    return list(open_records(path, limits or Limits()))


def write(folder: Path, data: bytes) -> Path:
    path = folder / "a.jsonl"
    path.write_bytes(data)
    return path


def test_lines_without_blanks_marks_and_carriage_returns(tmp_path: Path) -> None:
    path = write(tmp_path, b'\xef\xbb\xbf{"a":1}\r\n\r\n  \n{"a":2}')
    assert read(path) == [Record(1, b'{"a":1}'), Record(4, b'{"a":2}')]


def test_long_line_is_rejected_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"a":1}\n{"a":"' + b"x" * 100 + b'"}\n{"a":2}\n')
    first, rejection, last = read(path, Limits(max_line=50))
    assert (first, last) == (Record(1, b'{"a":1}'), Record(3, b'{"a":2}'))
    assert isinstance(rejection, Rejection)
    assert (rejection.line, rejection.source) == (2, str(path))
    assert "108 bytes" in rejection.cause


def test_truncated_archive_keeps_what_was_read(tmp_path: Path) -> None:
    lines = b"".join(b'{"n":%d,"x":"%s"}\n' % (n, os.urandom(40).hex().encode()) for n in range(5000))
    found = read(write(tmp_path, gzip.compress(lines)[:-2000]))
    assert len(found) > 1000
    assert all(isinstance(item, Record) for item in found[:-1])
    last = found[-1]
    assert isinstance(last, Rejection)
    assert last.line == len(found)
    assert "ends too early" in last.cause


@pytest.mark.parametrize(
    "document", [b'[{"a":1},\n{"a":2}]', b'[{"a":1},{"a":2}]', b'[\n{"a":1}\n,\n{"a":2}\n]\n']
)
def test_array_gives_its_elements(tmp_path: Path, document: bytes) -> None:
    assert read(write(tmp_path, document)) == [Record(1, b'{"a":1}'), Record(2, b'{"a":2}')]


def test_pretty_printed_object_is_one_record(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path, b'{\n  "resourceSpans": [\n  ]\n}\n'))
    assert isinstance(record, Record)
    assert orjson.loads(record.raw) == {"resourceSpans": []}


@pytest.mark.parametrize("limits", [Limits(), Limits(max_document=10)])
def test_a_false_start_falls_back_to_lines(tmp_path: Path, limits: Limits) -> None:
    path = write(tmp_path, b'{\n{"a":1}\n{"a":2}\n{"a":3}\n')
    assert read(path, limits) == [
        Record(1, b"{"),
        Record(2, b'{"a":1}'),
        Record(3, b'{"a":2}'),
        Record(4, b'{"a":3}'),
    ]


def test_document_in_a_broken_archive_gives_its_lines_and_the_reason(tmp_path: Path) -> None:
    packed = gzip.compress(b'{\n{"a":1}\n') + b"garbage"
    found = read(write(tmp_path, packed))
    assert found[:2] == [Record(1, b"{"), Record(2, b'{"a":1}')]
    assert isinstance(found[-1], Rejection)


def test_folders_and_missing_files_are_usage_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("nul\0byte")):
        with pytest.raises(UsageError):
            check_inputs([path])
        with pytest.raises(UsageError):
            read(path)


def test_unreadable_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, b"{}")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="may not be read"):
        check_inputs([path])


def test_standard_input_and_pipes(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from pullcord.intake.context import Limits;"
        "from pullcord.intake.files import open_records;"
        "print([r.raw for r in open_records(Path(%r), Limits())])"
    )
    for name in ("-", "/dev/stdin"):
        done = subprocess.run(
            [sys.executable, "-c", code % name], input=b'{"a":1}\n', capture_output=True, check=True
        )
        assert done.stdout.strip() == b"""[b'{"a":1}']"""


def test_a_line_of_one_gigabyte_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "sparse.jsonl"
    path.write_bytes(b'{"a":1}\n')
    os.truncate(path, 1 << 30)
    with path.open("ab") as file:
        file.write(b'\n{"a":2}\n')
    code = (
        "from pathlib import Path; from pullcord.intake.context import Limits;"
        "from pullcord.intake.files import open_records, Record;"
        f"r = list(open_records(Path({str(path)!r}), Limits()));"
        "assert [x.line for x in r] == [1, 2, 3], r; assert isinstance(r[2], Record);"
        # Not ru_maxrss: that of a child begins with what its parent held when it was forked.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert int(done.stdout) < 150_000, "KiB: the line bound of 16 MiB plus the interpreter"


@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"", b"[", b"{\n", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"])
)
def test_any_file_gives_records_and_rejections(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(start + data)
    found = read(path, Limits(max_line=64, max_document=64))
    assert all(item.line >= 1 for item in found)
