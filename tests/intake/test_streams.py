from __future__ import annotations

import gzip
import io

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Limits
from pullcord.intake.errors import BrokenStreamError
from pullcord.intake.streams import chunks

TEXT = b'{"a":1}\n' * 500


def opened(data: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(data))


def read(data: bytes, name: str = "a.jsonl", limits: Limits | None = None) -> bytes:
    return b"".join(chunks(opened(data), name, limits or Limits()))


def kept(data: bytes, name: str = "a", limits: Limits | None = None) -> tuple[int, str]:
    """How many bytes came out before the stream broke, and why it did."""
    size = 0
    file = opened(data)
    try:
        for chunk in chunks(file, name, limits or Limits()):
            size += len(chunk)
    except BrokenStreamError as error:
        return size, str(error)
    return size, ""


def zst(data: bytes, **how: int) -> bytes:
    return zstandard.ZstdCompressor(**how).compress(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.jsonl", "a.gz", "a.zst", "a"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zst])
def test_first_bytes_decide_not_the_name(name: str, pack: type[bytes]) -> None:
    assert read(pack(TEXT), name) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_several_members_are_one_stream(pack: type[bytes]) -> None:
    assert read(pack(TEXT) + pack(b"") + pack(b"x\n")) == TEXT + b"x\n"


def test_skippable_frames_and_tape_padding_are_passed_over() -> None:
    skippable = b"\x5a\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    assert read(skippable + zst(TEXT) + skippable) == TEXT
    assert read(gzip.compress(TEXT, mtime=0) + b"\0" * 300_000) == TEXT


def test_byte_order_mark_is_left_out() -> None:
    assert read(b"\xef\xbb\xbf" + TEXT) == TEXT
    assert read(zst(b"\xef\xbb\xbf" + TEXT)) == TEXT


def test_empty_is_empty() -> None:
    assert read(b"", "a.gz") == b""


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (gzip.compress(TEXT, mtime=0)[:-9], "ends too early"),
        (zst(TEXT)[:-3], "ends too early"),
        (gzip.compress(TEXT, mtime=0)[:-4] + b"abcd", "damaged"),
        (gzip.compress(TEXT, mtime=0) + b"garbage", "damaged"),
        (zst(TEXT) + b"garbage", "damaged"),
        (b"\xff\xfe{\0", "UTF-16"),
        (b"\x28\xb5\x2f\xfd", "ends too early"),
    ],
)
def test_broken_streams_say_so(data: bytes, cause: str) -> None:
    assert cause in kept(data)[1]


def test_what_came_before_the_break_is_kept() -> None:
    assert kept(zst(TEXT) + zst(TEXT)[:-2])[0] >= len(TEXT)
    assert kept(gzip.compress(TEXT, mtime=0) + b"garbage")[0] == len(TEXT)


def test_a_name_that_lies_about_binary_data_is_told() -> None:
    assert "the name says compressed" in kept(b"\x89PNG....", "a.gz")[1]


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_bombs_are_given_up(pack: type[bytes]) -> None:
    bomb = pack(b"\0" * 64_000_000)
    limits = Limits(max_expansion=100, expansion_floor=1_000_000)
    size, cause = kept(bomb, limits=limits)
    assert "times its size" in cause
    assert size < 40_000_000
    assert kept(bomb)[0] == 64_000_000, "below the floor nothing is a bomb"


def test_giant_windows_are_refused() -> None:
    how = zstandard.ZstdCompressionParameters(window_log=28)
    writer = zstandard.ZstdCompressor(compression_params=how).compressobj()
    assert "window" in kept(writer.compress(TEXT) + writer.flush())[1]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\xff"]),
)
def test_any_bytes_end_in_bytes_or_in_our_error(data: bytes, magic: bytes) -> None:
    size, cause = kept(magic + data)
    assert size >= 0
    assert not cause or cause.startswith("PC-6002")
