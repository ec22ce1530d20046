from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.lines import Line, LineReader


def chunked(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(
    st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=12),
    st.integers(1, 20),
    st.integers(1, 10),
)
def test_same_lines_however_they_are_chunked(lines: list[bytes], size: int, longest: int) -> None:
    found = list(LineReader(chunked(b"\n".join(lines), size), longest))
    expected: list[tuple[int, bytes | None]] = []
    for number, line in enumerate(lines, 1):
        blank_only = not line.strip()
        if len(line) > longest and not blank_only:
            expected.append((number, None))
        elif not blank_only:
            expected.append((number, line.strip()))
    # A blank line over the bound may be told or passed over, depending on the chunks: it holds nothing.
    told = [
        (line.number, line.raw) for line in found if line.raw is not None or lines[line.number - 1].strip()
    ]
    assert told == expected


def test_long_line_is_counted_and_the_next_one_read() -> None:
    reader = LineReader([b"a" * 50, b"a" * 50 + b"\r\n", b'{"b":1}\r\n'], 60)
    assert list(reader) == [Line(1, None, 101), Line(2, b'{"b":1}', 8)]


def test_floods_of_line_breaks_count() -> None:
    assert list(LineReader([b"\n" * 1_000_000, b"x"], 10)) == [Line(1_000_001, b"x", 1)]


def test_an_error_of_the_stream_names_its_line() -> None:
    def broken() -> Iterator[bytes]:
        yield b"one\ntwo\nthr"
        raise ConnectionError

    reader = LineReader(broken(), 10)
    lines = iter(reader)
    assert [next(lines).raw, next(lines).raw] == [b"one", b"two"]
    with pytest.raises(ConnectionError):
        next(lines)
    assert reader.number == 3
