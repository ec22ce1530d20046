"""Sigma values as tests of one attribute value: numbers, truth values, networks, times, patterns."""

from __future__ import annotations

import operator
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

from pullcord.detection.atoms import AtLeast, AtMost, Clause, Equal, Number
from pullcord.detection.errors import RuleError
from pullcord.detection.regex import Regex
from pullcord.detection.time_parts import time_part
from pullcord.detection.view import Numeric, Scalar, as_number, as_text

ValueTest = Callable[[Scalar], bool]
_LONGEST_ADDRESS = 64

_COMPARE: dict[CompareOperators, Callable[[Numeric, Numeric], bool]] = {
    CompareOperators.LT: operator.lt,
    CompareOperators.LTE: operator.le,
    CompareOperators.GT: operator.gt,
    CompareOperators.GTE: operator.ge,
    CompareOperators.NEQ: operator.ne,
}

_SIGNS = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "not",
}

_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}


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


def words(value: SigmaType) -> str:
    """What :func:`value_test` tests, in words."""
    match value:
        case SigmaTimestampPart():
            return f"has {value.timestamp_part.name.lower()} {value.number}"
        case SigmaCompareExpression():
            return f"is {_SIGNS[value.op]} {value.number}"
        case SigmaCIDRExpression():
            return f"is in {value.network}"
        case _:
            return f"is {value}"


def value_clauses(field: str, value: SigmaType) -> tuple[Clause, ...]:
    """What an event must show for :func:`value_test` to pass, besides the field."""
    match value:
        case SigmaTimestampPart():
            return ()
        case SigmaNumber():
            return ((Number(field, value.number),),)
        case SigmaCompareExpression() if not isinstance(value.number, SigmaTimestampPart):
            bound = value.number.number
            if value.op in (CompareOperators.GT, CompareOperators.GTE):
                return ((AtLeast(field, bound),),)
            return (
                ((AtMost(field, bound),),) if value.op in (CompareOperators.LT, CompareOperators.LTE) else ()
            )
        case SigmaBool():
            return ((Equal(field, as_text(value.boolean)),),)
        case _:
            return ()


def _number_test(compare: Callable[[Numeric, Numeric], bool], number: SigmaNumber) -> ValueTest:
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
    return Regex(str(value.regexp), flags_of(value))


def flags_of(value: SigmaRegularExpression) -> str:
    """The flags of a Sigma regular expression: any of ``i``, ``m``, ``s``, sorted."""
    return "".join(sorted(_FLAGS[flag] for flag in value.flags))
