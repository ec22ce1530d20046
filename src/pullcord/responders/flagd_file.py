"""Flag definition files of flagd (https://flagd.dev/schema/v0/flags.json), changed without touching anything else.

Everything that is not changed stays byte for byte: values are carried through as raw JSON, never decoded.
"""

from __future__ import annotations

import json

import msgspec

from pullcord.responders.errors import TargetFileError

LONGEST = 64 * 1024
"""Bytes of one definition at most; it is kept in the journal."""
_MOST_PLACES = 64
_CURE = "restore the flag file"


def definition(data: bytes, flag: str) -> bytes:
    """The definition of one flag, as raw JSON.

    Raises:
        TargetFileError: the file is not of this form, the flag is not in it, or its definition is over 64 KB.
    """
    found = bytes(_flags(data).get(flag, b""))
    if not found:
        raise TargetFileError(f"the flag {flag} is not in the file", "correct `flag` in the settings")
    if len(found) > LONGEST:
        raise TargetFileError(f"the flag {flag} has a definition over 64 KB", "shorten it")
    _parts(found)
    return found


def problem(raw: bytes, off: str) -> str:
    """Why switching to the variant ``off`` would not switch off, or empty."""
    value = _variants(raw).get(off)
    if value is None:
        return f"the flag has no variant {off}"
    if bytes(value) == b"true":
        return f"the variant {off} is true"
    return ""


def is_off(raw: bytes, off: str) -> bool:
    """Whether every client gets the variant ``off``, whoever it is.

    A disabled flag does not count: flagd then gives each client the default in its own code, which may be on.
    """
    parts = _parts(raw)
    return (
        _value(parts, "state") == "ENABLED"
        and _value(parts, "defaultVariant") == off
        and not _value(parts, "targeting")
        and not problem(raw, off)
    )


def switched_off(raw: bytes, off: str) -> bytes:
    """The same definition with the variant ``off`` for everybody.

    Targeting rules, which could still give somebody "on", and a ``DISABLED`` state are overridden: whoever stops a
    compromised agent cannot first find out whom the rules let through. Nothing is lost: the definition that was there
    is the pre-state that a rollback restores.
    """
    parts = _parts(raw)
    parts["state"] = msgspec.Raw(b'"ENABLED"')
    parts["defaultVariant"] = msgspec.Raw(msgspec.json.encode(off))
    if _value(parts, "targeting"):
        parts["targeting"] = msgspec.Raw(b"{}")
    return msgspec.json.encode(parts)


def overridden(raw: bytes) -> list[str]:
    """What :func:`switched_off` overrides besides the default, for people."""
    parts = _parts(raw)
    rules = ["targeting rules"] if _value(parts, "targeting") else []
    return rules + (["state DISABLED"] if _value(parts, "state") != "ENABLED" else [])


def with_definition(data: bytes, flag: str, raw: bytes) -> bytes:
    """The file with another definition of one flag; the layout of the rest stays where that is possible.

    Raises:
        TargetFileError: the file is not of this form.
    """
    flags, top = _flags(data), _top(data)
    old = bytes(flags[flag])
    flags[flag] = msgspec.Raw(raw)
    top["flags"] = msgspec.Raw(msgspec.json.encode(flags))
    wanted = msgspec.json.encode(top)
    # Put in place if the definition can be found there: another flag may have the same text.
    place = data.find(old)
    for _ in range(_MOST_PLACES):
        if place < 0:
            break
        candidate = data[:place] + raw + data[place + len(old) :]
        if _equal(candidate, wanted):
            return candidate
        place = data.find(old, place + 1)
    return wanted


def same(one: bytes, other: bytes) -> bool:
    """Whether two definitions say the same, blanks and order of keys aside."""
    try:
        return _canonical(one) == _canonical(other)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False


def served(data: bytes, flag: str) -> object:
    """What a client would get, as an independent reader (the standard library's) sees the file.

    Returns the value of the default variant, or None if that depends on who asks or on the client's own default.

    Raises:
        TargetFileError: the file is not of this form.
    """
    try:
        found = json.loads(data)["flags"][flag]
        if found["state"] != "ENABLED" or found.get("targeting"):
            return None
        value: object = found["variants"][found["defaultVariant"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise TargetFileError(f"the flag {flag} cannot be read back", _CURE) from error
    return value


def _top(data: bytes) -> dict[str, msgspec.Raw]:
    return _object(data, "the flag file")


def _flags(data: bytes) -> dict[str, msgspec.Raw]:
    return _object(bytes(_top(data).get("flags", b"")), "`flags` of the flag file")


def _parts(raw: bytes) -> dict[str, msgspec.Raw]:
    return _object(raw, "the definition of the flag")


def _variants(raw: bytes) -> dict[str, msgspec.Raw]:
    return _object(bytes(_parts(raw).get("variants", b"{}")), "`variants` of the flag")


def _object(data: bytes, what: str) -> dict[str, msgspec.Raw]:
    try:
        data.decode()  # raw values are carried through unread
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise TargetFileError(f"{what} is no JSON object", _CURE) from error


def _value(parts: dict[str, msgspec.Raw], key: str) -> object:
    found = bytes(parts.get(key, b"null"))
    try:
        value: object = msgspec.json.decode(found)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise TargetFileError(f"`{key}` of the flag is no JSON", _CURE) from error
    return value


def _canonical(raw: bytes) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(raw), order="sorted")


def _equal(one: bytes, other: bytes) -> bool:
    """Whether two files hold the same raw values under the same keys."""
    try:
        mine, its = _top(one), _top(other)
        return _texts(_flags(one)) == _texts(_flags(other)) and all(
            _texts(mine).get(key) == value for key, value in _texts(its).items() if key != "flags"
        )
    except TargetFileError:
        return False


def _texts(values: dict[str, msgspec.Raw]) -> dict[str, bytes]:
    return {key: bytes(value) for key, value in values.items()}
