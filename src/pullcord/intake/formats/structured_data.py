r"""Structured data of RFC 5424, section 6.3: ``[id name="value" …][…]`` or ``-``; in values ``\"``, ``\\``, ``\]``."""

from __future__ import annotations

import re

from pullcord.model.event import Value

_MOST = 256
_ELEMENT = re.compile(r"\[([^ =\]\"]{1,64})")
_PAIR = re.compile(r" ?([^ =\]\"]{1,64})=\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_ESCAPE = re.compile(r"\\([\"\\\]])")


def structured_data(text: str) -> tuple[dict[str, Value], str]:
    """Attributes ``syslog.data.<id>.<name>`` (at most 256), and the message behind them.

    A name that comes twice becomes a list. What is not written as the RFC says is left in the message: senders that
    forget the ``-`` must not lose their text.
    """
    if text.startswith("-"):
        return {}, text[1:].removeprefix(" ")
    found: dict[str, list[str]] = {}
    place = 0
    while (element := _ELEMENT.match(text, place)) is not None:
        inside = element.end()
        while (pair := _PAIR.match(text, inside)) is not None:
            if len(found) < _MOST:
                values = found.setdefault(f"syslog.data.{element[1]}.{pair[1]}", [])
                values.append(_ESCAPE.sub(r"\1", pair[2]))
            inside = pair.end()
        if text[inside : inside + 1] != "]":
            break
        place = inside + 1
    values_of: dict[str, Value] = {
        name: values[0] if len(values) == 1 else [*values] for name, values in found.items()
    }
    return values_of, text[place:].removeprefix(" ")
