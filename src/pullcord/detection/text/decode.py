"""Finds text that is written in another coding: base64, hexadecimal, escapes, numbers, turned letters.

Only what decodes to readable text is kept: benign texts are full of digests, keys and pictures.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import urllib.parse
from collections.abc import Callable, Iterator

MOST_RUNS = 24
"""Runs of each coding that are tried."""
MOST_DECODED = 20_000
"""Characters of one run that are decoded."""
_READABLE = 0.85
_LEAST = 8
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}")
_BASE64_WRAPPED = re.compile(
    r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40,80}\r?\n){1,400}[A-Za-z0-9+/]{1,80}={0,2}"
)
_BASE32 = re.compile(r"(?<![A-Z2-7])[A-Z2-7]{24,}={0,6}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ ,:;]{0,2}){8,}(?![0-9A-Fa-f])")
_BINARY = re.compile(r"(?<![01])(?:[01]{8}[ ,]?){4,}")
_DECIMAL = re.compile(r"(?<![\d.])(?:\d{2,3}[ ,;]{1,2}){7,}\d{2,3}(?![\d.])")
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}){4,}")
_PERCENT = re.compile(r"(?:[\w.+-]{0,40}%[0-9A-Fa-f]{2}){4,}[\w.+-]{0,40}")
_ENTITY = re.compile(r"(?:[\w .,-]{0,40}&#x?[0-9A-Fa-f]{2,6};){4,}[\w .,-]{0,40}")
_ASCII = 128


def decodings(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name of the coding, decoded text) for what is readable; the order is fixed, the number bounded."""
    for name, pattern, read in _CODINGS:
        for run in _runs(pattern, text):
            yield from _kept(name, read(run))
    for run in _runs(_PERCENT, text):
        yield from _kept("URL escapes", urllib.parse.unquote_plus(run))
    for run in _runs(_ENTITY, text):
        yield from _kept("HTML entities", html.unescape(run))


def turned(text: str) -> Iterator[tuple[str, str]]:
    """The whole text with its letters turned by 13, and backwards."""
    yield "turned letters (rot13)", codecs.encode(text, "rot13")
    yield "reversed letters", text[::-1]
    yield "reversed words", " ".join(word[::-1] for word in text.split(" "))


def _runs(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for number, match in enumerate(pattern.finditer(text)):
        if number >= MOST_RUNS:
            return
        yield match.group()[:MOST_DECODED]


def _base64(run: str) -> str | None:
    body = re.sub(r"\s", "", run).rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _base32(run: str) -> str | None:
    body = run.rstrip("=")
    try:
        return base64.b32decode(body + "=" * (-len(body) % 8)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _hexadecimal(run: str) -> str | None:
    try:
        return bytes.fromhex(re.sub(r"0x|\\x|[ ,:;]", "", run)).decode()
    except (ValueError, UnicodeDecodeError):
        return None


def _binary(run: str) -> str:
    bits = re.sub("[ ,]", "", run)
    return "".join(chr(int(bits[at : at + 8], 2)) for at in range(0, len(bits), 8))


def _decimal(run: str) -> str | None:
    codes = [int(code) for code in re.findall(r"\d+", run)]
    return "".join(map(chr, codes)) if all(code < _ASCII for code in codes) else None


def _escapes(run: str) -> str | None:
    try:
        return codecs.decode(run, "unicode_escape")
    except UnicodeDecodeError:  # cut off inside an escape
        return None


def _kept(name: str, decoded: str | None) -> Iterator[tuple[str, str]]:
    if decoded is None or len(decoded) < _LEAST:
        return
    readable = sum(1 for one in decoded if one.isalpha() or one in " \n.,:;!?'\"-")
    if readable >= _READABLE * len(decoded):
        yield name, decoded


_CODINGS: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("base64", _BASE64_WRAPPED, _base64),
    ("base64", _BASE64, _base64),
    ("hexadecimal", _HEX, _hexadecimal),
    ("base32", _BASE32, _base32),
    ("binary digits", _BINARY, _binary),
    ("character codes", _DECIMAL, _decimal),
    ("escapes", _ESCAPES, _escapes),
)
