"""From names to rules: what each correlation rests on, in an order that puts bases first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pullcord.detection.correlation.compile import Base
from pullcord.detection.errors import RuleError

DEEPEST = 8
"""Correlations upon correlations."""
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Pending:
    """A correlation whose bases are to be found.

    Attributes:
        rule_id, name: its own.
        references: ids or names of its bases.
        finish: makes the rule from its bases and says how it looks to others; may raise RuleError.
    """

    rule_id: str
    name: str | None
    references: tuple[str, ...]
    finish: Callable[[Sequence[Base]], Base]


class Names:
    """Rules by id (without case) and by name; a name that two rules have stands for none."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._names: dict[str, set[str]] = {}

    def add(self, rule_id: str, name: str | None) -> None:
        """Make a rule known."""
        self._ids.add(rule_id)
        if name is not None:
            self._names.setdefault(name, set()).add(rule_id)

    def find(self, reference: str) -> str:
        """The rule id.

        Raises:
            RuleError: unknown, or ambiguous.
        """
        for candidate in (reference, reference.lower()):
            if candidate in self._ids:
                return candidate
        found = self._names.get(reference, set())
        shown = repr(reference[:_SHOWN])
        if len(found) > 1:
            raise RuleError(
                f"{len(found)} rules have the name {shown}", "give each rule its own name, or use the id"
            )
        if not found:
            raise RuleError(f"there is no rule {shown}", "correct the id or name, or load that rule too")
        return next(iter(found))


def resolve(
    pending: Sequence[Pending], names: Names, bases: Mapping[str, Base], failed: Mapping[str, str]
) -> tuple[list[int], dict[int, RuleError]]:
    """Finish every correlation whose bases load.

    Args:
        pending: all correlations; also known to ``names``.
        bases: loaded detection rules by id.
        failed: why other documents failed, by id.

    Returns:
        Places of the finished ones, bases first; and why the others failed.
    """
    errors: dict[int, RuleError] = {}
    wants: dict[int, tuple[str, ...]] = {}
    for place, each in enumerate(pending):
        try:
            wants[place] = _distinct(each, names)
        except RuleError as error:
            errors[place] = error
    state = _State(dict(bases), dict(failed), dict.fromkeys(bases, 0))
    state.reasons.update((pending[place].rule_id, str(error)) for place, error in errors.items())
    # Kahn's topological order: linear in the references, however rules are chained.
    users: dict[str, list[int]] = {}
    missing: dict[int, int] = {}
    for place, ids in wants.items():
        open_ids = [each for each in ids if each not in state.known and each not in state.reasons]
        missing[place] = len(open_ids)
        for rule_id in open_ids:
            users.setdefault(rule_id, []).append(place)
    ready = deque(place for place in wants if not missing[place])
    done: list[int] = []
    while ready:
        place = ready.popleft()
        failure = state.finish(pending[place], wants.pop(place))
        if failure is None:
            done.append(place)
        else:
            errors[place] = failure
        for user in users.get(pending[place].rule_id, ()):
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    for place, ids in wants.items():
        circle = ", ".join(each for each in ids if each not in state.known)[:_SHOWN]
        errors[place] = RuleError(f"correlation: it rests on itself, through {circle}", "break the circle")
    return done, errors


def _distinct(each: Pending, names: Names) -> tuple[str, ...]:
    ids = tuple(names.find(reference) for reference in each.references)
    if len(set(ids)) < len(ids):
        raise RuleError("correlation: it names the same rule twice", "name each rule once")
    return ids


@dataclass(slots=True)
class _State:
    """What became of rules so far: those that loaded, why others did not, and how deep they are chained."""

    known: dict[str, Base]
    reasons: dict[str, str]
    depths: dict[str, int]

    def finish(self, each: Pending, ids: Sequence[str]) -> RuleError | None:
        """Finish one whose bases are settled; why not, if it cannot be."""
        try:
            self.known[each.rule_id] = self._finished(each, ids)
        except RuleError as error:
            self.reasons[each.rule_id] = str(error)
            return error
        return None

    def _finished(self, each: Pending, ids: Sequence[str]) -> Base:
        for rule_id in ids:
            if rule_id not in self.known:
                reason = self.reasons[rule_id][: 2 * _SHOWN]
                raise RuleError(f"correlation: its rule {rule_id} failed ({reason})", "correct that rule")
        depth = 1 + max(self.depths[rule_id] for rule_id in ids)
        if depth > DEEPEST:
            raise RuleError(f"correlation: chained more than {DEEPEST} deep", "rest it on rules further down")
        base = each.finish([self.known[rule_id] for rule_id in ids])
        self.depths[each.rule_id] = depth
        return base
