"""Turns a condition into Python code: the boolean structure becomes bytecode, every literal is passed as data.

The code is put together from names of ours alone (``v``, ``d0``, ``d1`` …), never from the text of a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pullcord.detection.atoms import Clause, guess
from pullcord.detection.filing import clauses_of
from pullcord.detection.node import All, Any, Compare, Form, Node, Not, Statement, Test
from pullcord.detection.view import Scalar, View

Ask = Callable[[View], bool]
"""Whether a condition holds for an event."""


def _equals(values: Iterable[str], known: frozenset[str]) -> bool:
    for value in values:  # noqa: SIM110  (any() over a generator takes three times as long; so below)
        if value in known:
            return True
    return False


def _prefix(values: Iterable[str], needles: tuple[str, ...]) -> bool:
    for value in values:  # noqa: SIM110
        if value.startswith(needles):
            return True
    return False


def _suffix(values: Iterable[str], needles: tuple[str, ...]) -> bool:
    for value in values:  # noqa: SIM110
        if value.endswith(needles):
            return True
    return False


def _contains(values: Iterable[str], needles: tuple[str, ...]) -> bool:
    for value in values:
        for needle in needles:
            if needle in value:
                return True
    return False


def _call(values: Iterable[Scalar], test: Callable[[Scalar], bool]) -> bool:
    for value in values:  # noqa: SIM110
        if test(value):
            return True
    return False


_HELPERS: dict[Test, Callable[..., bool]] = {
    Test.EQUALS: _equals,
    Test.PREFIX: _prefix,
    Test.SUFFIX: _suffix,
    Test.CONTAINS: _contains,
    Test.CALL: _call,
}


def compile_match(node: Node, shown: Clause | None = None) -> Ask:
    """A function that says whether a condition holds; the same as ``node.match``, but fast.

    Args:
        shown: what an event has shown already when this is asked: the part that wants it is tested last.
    """
    names: dict[str, object] = {kind.value: helper for kind, helper in _HELPERS.items()}
    data: dict[str, object] = {}
    source = f"def match(v):\n    known = v.known.get\n    return {_expression(node, data, shown)}\n"
    names |= data
    # Built from the names above and nothing else: see the docstring of the module.
    exec(compile(source, "<rule>", "exec"), names)  # noqa: S102
    made: Ask = names["match"]  # type: ignore[assignment]
    return made


def _expression(node: Node, data: dict[str, object], shown: Clause | None) -> str:
    match node:
        case All(parts):
            ordered = sorted(parts, key=lambda part: _rank(part, shown))
            return f"({' and '.join(_expression(part, data, shown) for part in ordered)})"
        case Any(parts):
            return f"({' or '.join(_expression(part, data, shown) for part in parts)})"
        case Not(inner):
            return f"(not {_expression(inner, data, shown)})"
        case Compare():
            field, literal = _name(node.field, data), _name(node.data, data)
            values = f"v.{node.form.value}({field})"
            if node.form is Form.FOLDED:
                values = f"(known({field}) or {values})"
            return f"{node.kind.value}({values}, {literal})"
        case Statement():
            return f"{_name(node.holds, data)}(v)"
        case _:
            raise TypeError(f"no code for {type(node).__name__}")


def _rank(part: Node, shown: Clause | None) -> tuple[bool, float]:
    """What most likely fails comes first, what is known to hold last."""
    clauses = clauses_of(part)
    return shown in clauses, min(map(guess, clauses), default=1.0)


def _name(value: object, data: dict[str, object]) -> str:
    name = f"d{len(data)}"
    data[name] = value
    return name
