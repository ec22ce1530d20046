"""The token that a request carries, in the scheme of whoever's client it is."""

from __future__ import annotations

import binascii
from base64 import b64decode

from pullcord.server.dialects import Dialect, dialect

_LONGEST = 8_192
# HEC clients send `Splunk`, some `Basic` with any name; Elastic's send a key, or a name and a password.
_SCHEMES = {Dialect.HEC: ("splunk", "basic"), Dialect.ELASTIC: ("apikey", "basic")}


def token_of(path: str, header: str) -> str | None:
    """The token in an ``Authorization`` header; None if there is none, or the scheme does not fit the address.

    ``Bearer`` fits all. Of ``Basic`` it is the password; of ``ApiKey`` what follows the colon, or all of it.
    """
    scheme, _, given = header.strip()[:_LONGEST].partition(" ")
    scheme, given = scheme.lower(), given.strip()
    if scheme == "bearer":
        return given or None
    if scheme not in _SCHEMES.get(dialect(path), ()):
        return None
    if scheme == "splunk":
        return given or None
    pair = _pair(given)
    if pair is None:
        # An API key may also be given as it is.
        return given or None if scheme == "apikey" else None
    return pair or None


def _pair(given: str) -> str | None:
    """What follows the colon in a name and secret that were encoded together."""
    try:
        text = b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    _, colon, secret = text.partition(":")
    return secret if colon else None
