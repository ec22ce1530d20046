"""Sigma values as tests of one attribute value: numbers, truth values, networks, times, patterns."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaTimestampPart,
    SigmaType,
)

from pullcord.detection.errors import RuleError
from pullcord.detection.regex import Regex
from pullcord.detection.time_parts import time_part
from pullcord.detection.view import Scalar, as_text

ValueTest = Callable[[Scalar], bool]
Number = int | float

# Bounded: Python reads integers of any length, in quadratic time.
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_LONGEST_NUMBER = 90
_LONGEST_ADDRESS = 64

_COMPARE: dict[CompareOperators, Callable[[Number, Number], bool]] = {
    CompareOperators.LT: operator.lt,
    CompareOperators.LTE: operator.le,
    CompareOperators.GT: operator.gt,
    CompareOperators.GTE: operator.ge,
    CompareOperators.NEQ: operator.ne,
}

_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}


def as_number(value: Scalar) -> Number | None:
    """The value as a number: numbers themselves, and text that is nothing but a decimal number."""
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_NUMBER:
        return None
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None
    return float(value) if match[1] or match[2] else int(value)


def value_test(value: SigmaType) -> ValueTest | None:
    """The test of a number, truth value, comparison, time part or network; None for other kinds of value."""
    match value:
        case SigmaNumber():
            return _number_test(operator.eq, value)
        case SigmaCompareExpression():
            return _number_test(_COMPARE[value.op], value.number)
        case SigmaBool():
            wanted = as_text(value.boolean)
            return lambda held: as_text(held).casefold() == wanted
        case SigmaCIDRExpression():
            return _network_test(value.network)
        case _:
            return None


def _number_test(compare: Callable[[Number, Number], bool], number: SigmaNumber) -> ValueTest:
    """Compare a value with a number, or a part of a time with it."""
    wanted = number.number
    part = number.timestamp_part.name if isinstance(number, SigmaTimestampPart) else None

    def test(value: Scalar) -> bool:
        held = time_part(value, part) if part else as_number(value)
        return held is not None and compare(held, wanted)

    return test


def _network_test(network: IPv4Network | IPv6Network) -> ValueTest:
    def test(value: Scalar) -> bool:
        if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS:
            return False
        try:
            address = ip_address(value)
        except ValueError:
            return False
        # ::ffff:10.0.0.1 is the IPv4 address 10.0.0.1 as dual-stack sockets log it.
        if isinstance(address, IPv6Address) and address.ipv4_mapped and network.version == 4:  # noqa: PLR2004
            return address.ipv4_mapped in network
        return address in network

    return test


def regex_of(value: SigmaRegularExpression) -> Regex:
    """Compile a Sigma regular expression.

    Raises:
        RuleError: invalid, too long, possibly exponential, or with a placeholder.
    """
    if value.contains_placeholder():
        raise RuleError("a placeholder in the regular expression has no values", "write the values out")
    flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
    return Regex(str(value.regexp), flags)
