"""Opens an input and gives its bytes in chunks: plain, gzip (RFC 1952) or Zstandard (RFC 8878), bounded.

What a file is goes by its first bytes, not by its name. Several members or frames in a row are one stream.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader

import zstandard

from pullcord.intake.context import KIB, Limits
from pullcord.intake.errors import BrokenStreamError

Read = Callable[[], bytes]

_CHUNK = 256 * KIB
# One KiB of Zstandard can hold 256 blocks of 128 KiB, of 4 bytes each: small bites keep bursts at 32 MiB.
_BITE = KIB
_WINDOW = 1 << 27
"""The largest window that ``zstd -d`` accepts without being told to."""
_BAD_ARCHIVE = "what came before was read; get the file again from its source"


class _Guard:
    """Watches how far a compressed stream grows."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.taken = self.given = 0

    def give(self, data: bytes) -> bytes:
        """Count output.

        Raises:
            BrokenStreamError: it grew beyond both bounds.
        """
        self.given += len(data)
        if self.given > self._limits.expansion_floor and self.given > self._limits.max_expansion * self.taken:
            raise BrokenStreamError(
                f"the compressed data grew to more than {self._limits.max_expansion} times its size "
                f"and more than {self._limits.expansion_floor} bytes",
                "reading of it stopped here; if it is genuine, unpack it first and give the plain file",
            )
        return data


def chunks(file: BufferedReader, name: str, limits: Limits) -> Iterator[bytes]:
    """Yield the plain bytes of an open input, a byte order mark at the beginning left out.

    Args:
        file: closed by the caller.
        name: its file name; tells what was meant where the first bytes do not.

    Raises:
        BrokenStreamError: truncated or damaged archive, decompression bomb, window over 128 MiB, UTF-16.
    """
    head = _head(file)
    read = _reader(file, head)
    guard = _Guard(limits)
    if head[:2] == b"\x1f\x8b":
        inner = _gunzip(read, guard)
    elif _is_zstd(head):
        inner = _unzstd(read, guard)
    elif name.endswith((".gz", ".zst")) and head and not _looks_like_text(head):
        raise BrokenStreamError(
            "the name says compressed, the first bytes do not", "check what the file really is"
        )
    else:
        inner = iter(read, b"")
    yield from _without_mark(inner)


def _head(file: BufferedReader) -> bytes:
    """The first bytes; a pipe may hand them over one by one."""
    head = b""
    while len(head) < 4 and (more := file.read1(_CHUNK)):  # noqa: PLR2004  (the longest magic number)
        head += more
    return head


def _reader(file: BufferedReader, head: bytes) -> Read:
    waiting = [head] if head else []

    def read() -> bytes:
        if waiting:
            return waiting.pop()
        try:
            return file.read1(_CHUNK)
        except OSError as error:
            raise BrokenStreamError(
                f"the file cannot be read on: {error.strerror}", "check the disk or share"
            ) from error

    return read


def _is_zstd(head: bytes) -> bool:
    skippable = head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50  # noqa: PLR2004  (RFC 8878, 3.1.2)
    return head[:4] == b"\x28\xb5\x2f\xfd" or skippable


def _looks_like_text(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b"")


def _without_mark(inner: Iterator[bytes]) -> Iterator[bytes]:
    first = next(inner, b"")
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BrokenStreamError("the text is UTF-16", "convert it to UTF-8")
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from inner


def _gunzip(read: Read, guard: _Guard) -> Iterator[bytes]:
    member, begun = zlib.decompressobj(wbits=31), False
    while data := read():
        guard.taken += len(data)
        while data:
            # Members may be followed by zeros (tape blocks); `gzip` ignores them too.
            data = data if begun else data.lstrip(b"\0")
            if not data:
                break
            begun = True
            try:
                out = member.decompress(data, _CHUNK)
            except zlib.error as error:
                raise BrokenStreamError("the gzip data is damaged", _BAD_ARCHIVE) from error
            yield guard.give(out)
            data = member.unconsumed_tail
            if member.eof:
                data, member, begun = member.unused_data, zlib.decompressobj(wbits=31), False
    if begun:
        yield guard.give(member.flush())
        if not member.eof:
            raise BrokenStreamError("the gzip data ends too early", _BAD_ARCHIVE)


def _unzstd(read: Read, guard: _Guard) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame, begun = decompressor.decompressobj(), False
    held, size = [], 0
    while data := read():
        for start in range(0, len(data), _BITE):
            bite = data[start : start + _BITE]
            guard.taken += len(bite)
            while bite:
                begun = True
                out = _bite(frame, bite)
                held.append(guard.give(out))
                size += len(out)
                bite = b""
                if frame.eof:
                    bite, frame, begun = frame.unused_data, decompressor.decompressobj(), False
            if size >= _CHUNK:
                yield b"".join(held)
                held, size = [], 0
    yield b"".join(held)
    if begun:
        raise BrokenStreamError("the Zstandard data ends too early", _BAD_ARCHIVE)


def _bite(frame: zstandard.ZstdDecompressionObj, bite: bytes) -> bytes:
    try:
        return frame.decompress(bite)
    except zstandard.ZstdError as error:
        if "too much memory" in str(error):
            raise BrokenStreamError(
                "the Zstandard window is over 128 MiB", "compress it again with `zstd --long=27` or less"
            ) from error
        raise BrokenStreamError("the Zstandard data is damaged", _BAD_ARCHIVE) from error
