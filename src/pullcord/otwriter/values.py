"""OPC UA values as text, and text as the typed value of a node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullcord.model.ot import Interlock
from pullcord.otwriter.allow_list import LONGEST_TEXT, UNREADABLE

if TYPE_CHECKING:
    from asyncua import ua

# Short enough for int(), which refuses thousands of digits in its own words.
_INTEGER = re.compile(r"-?[0-9]{1,20}")

# OPC UA Part 6, table 1: the integers and how many bits they have.
_SIGNED = {"SByte": 8, "Int16": 16, "Int32": 32, "Int64": 64}
_UNSIGNED = {"Byte": 8, "UInt16": 16, "UInt32": 32, "UInt64": 64}


def as_text(value: object) -> str:
    """A scalar as text: booleans ``true``/``false``, integers in decimal; :data:`UNREADABLE` for anything else.

    A PLC is an untrusted party too: text is cut to a length that no value of an allow-list can have, and text
    with control characters counts as unreadable.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # int() first: an enumeration would write its name.
        return str(int(value))
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str) and value.isprintable():
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
    return UNREADABLE


def holds(node: Interlock, text: str) -> bool:
    """Whether a node has one of its allowed values; ``True`` in a list means ``true``."""
    return text in node.allowed or (text in {"true", "false"} and text.capitalize() in node.allowed)


def typed(text: str, kind: ua.VariantType) -> ua.Variant:
    """The text of an allow-list as a value of the node's own type.

    Raises:
        ValueError: it does not fit the type, or a mode is not kept in such a type.
    """
    from asyncua import ua

    if kind.name == "Boolean" and text in {"true", "false"}:
        return ua.Variant(text == "true", kind)
    if kind.name == "String":
        return ua.Variant(text, kind)
    low, high = _range(kind.name)
    # int() takes "1_0" and " 1" too, which nobody who signed a list could mean.
    if low < high and _INTEGER.fullmatch(text) and low <= int(text) <= high:
        return ua.Variant(int(text), kind)
    raise ValueError(f"{text!r} does not fit a node of type {kind.name}")


def _range(name: str) -> tuple[int, int]:
    if name in _SIGNED:
        return -(2 ** (_SIGNED[name] - 1)), 2 ** (_SIGNED[name] - 1) - 1
    return (0, 2 ** _UNSIGNED[name] - 1) if name in _UNSIGNED else (0, 0)
