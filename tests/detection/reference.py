"""A slow, obvious interpreter of pySigma's condition tree, from the specification, to check the engine by.

It shares no code with the engine: wildcards and regular expressions by ``re``, one value at a time.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

Scalar = str | int | float | bool
Event = Mapping[str, Scalar | Sequence[Scalar]]


def matches(rule: SigmaRule, event: Event) -> bool:
    """Whether any condition of the rule holds."""
    return any(holds(condition.parsed, event) for condition in rule.detection.parsed_condition)


def holds(tree: object, event: Event) -> bool:
    """Whether one node of the tree holds."""
    if isinstance(tree, ConditionAND):
        return all(holds(part, event) for part in tree.args)
    if isinstance(tree, ConditionOR):
        return any(holds(part, event) for part in tree.args)
    if isinstance(tree, ConditionNOT):
        return not holds(tree.args[0], event)
    if isinstance(tree, ConditionFieldEqualsValueExpression):
        return field_holds(tree.field, tree.value, event)
    assert isinstance(tree, ConditionValueExpression)
    return any(keyword_holds(tree.value, one) for value in event.values() for one in listed(value))


def listed(value: Scalar | Sequence[Scalar]) -> Sequence[Scalar]:
    return [value] if isinstance(value, str | int | float) else value


def field_holds(field: str, wanted: SigmaType, event: Event) -> bool:
    if isinstance(wanted, SigmaNull):
        return field not in event
    if isinstance(wanted, SigmaExists):
        return (field in event) == wanted.exists
    if field not in event:
        return False
    if isinstance(wanted, SigmaFieldReference):
        others = listed(event.get(wanted.field, []))
        return any(refers(a, b, wanted) for a in listed(event[field]) for b in others)
    return any(value_holds(wanted, value) for value in listed(event[field]))


def refers(mine: Scalar, theirs: Scalar, reference: SigmaFieldReference) -> bool:
    a, b = plain(mine).casefold(), plain(theirs).casefold()
    if reference.starts_with and reference.ends_with:
        return b in a
    if reference.starts_with:
        return a.startswith(b)
    if reference.ends_with:
        return a.endswith(b)
    return a == b


def keyword_holds(wanted: SigmaType, value: Scalar) -> bool:
    if isinstance(wanted, SigmaExpansion):
        return any(keyword_holds(each, value) for each in wanted.values)
    if isinstance(wanted, SigmaString):
        star = SpecialChars.WILDCARD_MULTI
        return text_holds(star + (wanted + star), plain(value), cased=isinstance(wanted, SigmaCasedString))
    if type(wanted) is SigmaNumber:
        return str(wanted) in plain(value)
    return value_holds(wanted, value)


def value_holds(wanted: SigmaType, value: Scalar) -> bool:
    match wanted:
        case SigmaExpansion():
            result = any(value_holds(each, value) for each in wanted.values)
        case SigmaString():
            result = text_holds(wanted, plain(value), cased=isinstance(wanted, SigmaCasedString))
        case SigmaRegularExpression():
            flags = 0
            for flag in wanted.flags:
                flags |= SigmaRegularExpression.sigma_to_python_flags[flag]
            result = re.search(str(wanted.regexp), plain(value), flags) is not None
        case SigmaBool():
            result = plain(value).casefold() == str(wanted.boolean).lower()
        case SigmaCIDRExpression():
            result = in_network(wanted, value)
        case SigmaCompareExpression():
            held = reading(value, wanted.number)
            result = held is not None and compares(held, wanted.op, wanted.number.number)
        case _:
            assert isinstance(wanted, SigmaNumber)
            result = reading(value, wanted) == wanted.number
    return result


def in_network(wanted: SigmaCIDRExpression, value: Scalar) -> bool:
    try:
        return ipaddress.ip_address(value if isinstance(value, str) else "") in wanted.network
    except ValueError:
        return False


def compares(held: float, sign: CompareOperators, number: float) -> bool:
    return {
        CompareOperators.LT: held < number,
        CompareOperators.LTE: held <= number,
        CompareOperators.GT: held > number,
        CompareOperators.GTE: held >= number,
    }[sign]


def reading(value: Scalar, wanted: SigmaNumber) -> float | None:
    """The value as a number, or the part of the time it is."""
    if not isinstance(wanted, SigmaTimestampPart):
        if isinstance(value, bool):
            return None
        try:
            return float(value)
        except ValueError:
            return None
    try:
        moment = datetime.fromisoformat(plain(value)).astimezone(UTC)
    except ValueError:
        return None
    name = wanted.timestamp_part.name
    return moment.isocalendar().week if name == "WEEK" else float(getattr(moment, name.lower()))


def plain(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def text_holds(pattern: SigmaString, text: str, *, cased: bool) -> bool:
    parts: list[str | SpecialChars] = []
    for part in pattern.s:
        if isinstance(part, str):
            parts.extend(part if cased else part.casefold())
        else:
            assert isinstance(part, SpecialChars)
            parts.append(part)
    return glob(parts, text if cased else text.casefold())


def glob(parts: list[str | SpecialChars], text: str) -> bool:
    """Wildcard matching as a regular expression for the whole text."""
    marks = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    pattern = "".join(re.escape(part) if isinstance(part, str) else marks[part] for part in parts)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
