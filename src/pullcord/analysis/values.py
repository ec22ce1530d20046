"""Distinctive values in text: addresses, links, identifiers, numbers and words, made comparable.

The idea is that of taint tracking by value for agents whose inside cannot be instrumented: a value in a call's
arguments that no one but one tool result has shown came from that result. Linear in the length of the text.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import unquote

MAX_TOKENS = 60_000
"""Tokens read from one text."""
MAX_LENGTH = 200
"""Characters kept of one value."""
_MAX_DECODED = 200
_CODED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,4000}={0,2}(?![\w+/=-])")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|([nrt\"'/\\]))")
_TOKEN = re.compile(
    r"(?P<mail>[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}+)"
    r"|(?P<link>(?:[a-z][a-z0-9+.-]{1,15}+://|www\.)[^\s\"'<>()\[\]{},;|`]{1,2000}+)"
    r"|(?P<host>[\w-]{1,63}+(?:\.[\w-]{1,63}+){0,7}?\.[^\W\d_]{2,24}+(?![\w-]|\.\w)(?:/[^\s\"'<>()\[\]{},;|`]{0,2000}+)?)"
    r"|(?P<code>(?:[^\W\d]{1,24}-){0,2}[^\W\d]{0,24}\d\w{0,100}+(?:[-/.:+]\w{1,64}+){0,8}+)"
    r"|(?P<word>[^\W\d_]{1,200}+)"
)
_HOST_END = re.compile(r":\d+(?=$|[/?#])|[/?#]")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,15}://")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONG_NUMBER = 5
_FILE = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|odt|ods|pdf|txt|md|rst|csv|tsv|json|jsonl|xml|ya?ml|toml|ini|cfg|conf|log|html?|css|js|ts|"
    r"py|ipynb|java|c|h|cpp|rs|go|sh|bat|ps1|exe|dll|bin|zip|tar|gz|zst|7z|png|jpe?g|gif|svg|webp|tiff?|mp[34]|wav|"
    r"avi|step|stp|dwg|dxf|stl|gcode|onnx|pt|pth|pkl|safetensors|parquet|db|sqlite|bak|msg|eml)$"
)


class Kind(IntEnum):
    """What a value is; the higher, the less likely two texts share it by chance."""

    WORD = 1
    NUMBER = 2
    CODE = 3
    LINK = 4
    ADDRESS = 5


STRONG = Kind.CODE
"""Kinds from here on are distinctive by themselves."""


class Token(NamedTuple):
    """One value, normalised, with its kind and its offset in the normalised text."""

    text: str
    kind: Kind
    offset: int


def normalise(text: str) -> str:
    r"""NFKC, casefolded, with the escapes of JSON and YAML strings (``\n``, ``\u00e9``, ``\"``) undone."""
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def tokens(normal: str) -> Iterator[Token]:
    """Yield the values of a normalised text, at most 60,000.

    A link is given without scheme and ``www.``, once whole and once as its host; scripts that are written without
    blanks are given as pairs of characters.
    """
    for count, match in enumerate(_TOKEN.finditer(normal)):
        if count >= MAX_TOKENS:
            return
        yield from _token(match.lastgroup or "", match.group(), match.start())


def decoded(text: str) -> str:
    """What a text says in percent encoding or base64 (one level), blank-separated; empty if nothing."""
    found: list[str] = []
    if "%" in text and (plain := unquote(text)) != text:
        found.append(plain)
    for count, match in enumerate(_CODED.finditer(text)):
        if count >= _MAX_DECODED:
            break
        if plain := _from_base64(match.group()):
            found.append(plain)
    return " ".join(found)


def values(text: str) -> dict[str, Kind]:
    """The values of a text and of what it says in percent encoding or base64, each with its kind."""
    found: dict[str, Kind] = {}
    for part in (text, decoded(text)):
        for token in tokens(normalise(part)) if part else ():
            found.setdefault(token.text, token.kind)
    return found


def strong(found: Iterable[tuple[str, Kind]]) -> set[str]:
    """Only the values that are distinctive by themselves."""
    return {text for text, kind in found if kind >= STRONG}


def contained(wanted: Collection[str], having: Collection[str]) -> float:
    """Share (0 to 1) of the wanted values that another text has; 0 if nothing is wanted."""
    if not wanted:
        return 0.0
    return sum(value in having for value in wanted) / len(wanted)


def _token(group: str, text: str, offset: int) -> Iterator[Token]:
    if group == "word":
        yield from _word(text, offset)
    elif group == "mail":
        yield Token(text.strip(".")[:MAX_LENGTH], Kind.ADDRESS, offset)
    elif group == "code":
        plain = text.rstrip(".:/-+_")
        mixed = any(character.isalpha() for character in plain) or (
            plain.isdigit() and len(plain) >= _LONG_NUMBER
        )
        yield Token(plain[:MAX_LENGTH], Kind.CODE if mixed else Kind.NUMBER, offset)
    else:
        plain = _SCHEME.sub("", text).removeprefix("www.").rstrip("./:!?*_")
        if not plain:
            return  # nothing but a scheme and dots
        host = _HOST_END.split(plain, maxsplit=1)[0]
        if group == "host" and _FILE.search(plain):
            # The name of a file looks like that of a host; it is as distinctive, but nothing can be sent there.
            yield Token(plain[:MAX_LENGTH], Kind.CODE, offset)
            return
        yield Token(plain[:MAX_LENGTH], Kind.LINK, offset)
        if host and host != plain:
            yield Token(host[:MAX_LENGTH], Kind.LINK, offset)


def _word(text: str, offset: int) -> Iterator[Token]:
    if _WIDE.search(text) is None:
        yield Token(text[:MAX_LENGTH], Kind.WORD, offset)
        return
    for index in range(max(1, len(text) - 1)):
        yield Token(text[index : index + 2], Kind.WORD, offset + index)


def _unescape(match: re.Match[str]) -> str:
    if match.group(1):
        return chr(int(match.group(1), 16))
    return {"n": "\n", "r": "\n", "t": " "}.get(match.group(2), match.group(2))


def _from_base64(text: str) -> str:
    """The text behind base64, or an empty string unless it is printable UTF-8."""
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        plain = base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return plain if plain.isprintable() or plain.replace("\n", "").isprintable() else ""
