"""Runs correlation rules over matches: windows in event time, per group, bounded, and the same after a restart.

**Windows.** A group is what shares all ``group-by`` values. Its window is ``(newest - timespan, newest]``, where
``newest`` is the time of the newest match *of the group*: no other source can move it. Matches that come out of order
are sorted in; those that would lie before the window are counted (``late``) and dropped. One event from the future
would make all others late, and an attacker writes times as he likes; so nothing can have happened after it was
received: in a group that knows the present, a later time counts as the time of receipt (``future``), and a group that
only knows times to come is put right by the first event that has one of the present. A recording that lies in the
future as a whole keeps its times. The receipt is part of the event, so that a replay gives the same answer.

**When a condition is looked at.** After each event that brings a match into the group, once, whatever the operator.
So ``lt``, ``lte``, ``eq`` and ``neq`` speak of the window up to that event, not of some later, closed one: ``lt: 3``
on a count holds from the first match on, ``eq: 3`` when the third comes, and the absence of matches is never noticed,
as a group without matches does not exist. They are of use on averages, sums and percentiles, and as the upper end of
a range. ``not`` in an extended condition means "not within the window so far"; it does not wait.

**When it speaks.** When the condition holds and did not hold after the event before (an edge), or when it has held
on and a whole timespan has passed since it last spoke. Weighed: a finding per event while the condition holds is what
a query repeated each minute gives; 10,000 failed calls would then be 9,991 findings that say the same, and the queue
is where incidents are missed. Emptying the window after each firing (the other common way) hides how many there were
and breaks chains that need the same matches again. Cutting time into fixed boxes misses what straddles two. So: one
finding when it begins, a reminder per timespan while it goes on, and each names all events of its window.

**An event counts once** per group, even if it matches several of the rules; for ordered rules it stands for one of
them. Correlations of correlations see a firing as one match with the fields of the event that completed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby

from pullcord.detection.correlation.entry import Pool, pack
from pullcord.detection.correlation.findings import Firing, finding, fire
from pullcord.detection.correlation.group import Group
from pullcord.detection.correlation.groups import Groups, Limits
from pullcord.detection.correlation.occurrence import Match, Occurrence, Sorter, occurrence_of
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.model.event import Event
from pullcord.model.finding import Finding

_COUNTERS = ("late", "future", "cut_entries", "evicted_groups", "evicted_live", "damaged", "outdated")


class Correlator:
    """All correlation rules, with a memory.

    Args:
        rules: as in ``RuleSet.correlations``: each after those it rests on.
        limits: how much is kept.

    Attributes:
        bases: ids of the detection rules whose matches it wants; others do no harm.
    """

    name = "correlation"

    def __init__(self, rules: Sequence[CorrelationRule], limits: Limits | None = None) -> None:
        self._rules = tuple(rules)
        self._limits = limits or Limits()
        self._groups = Groups(self._rules, self._limits)
        self._pool = Pool()
        self._sorter = Sorter(self._pool)
        self._fired = 0
        self._users: dict[str, list[int]] = {}
        for place, rule in enumerate(self._rules):
            for reference in rule.references:
                self._users.setdefault(reference.rule_id, []).append(place)
        self.bases = frozenset(self._users) - {rule.rule_id for rule in self._rules}

    def feed(self, matches: Sequence[Match]) -> list[Finding]:
        """What the matches show together with those before.

        Args:
            matches: in the order of the events; all matches of an event in one call, one after the other.
        """
        found: list[Finding] = []
        for _, each in groupby(matches, key=lambda match: match.event.id):
            together = [match for match in each if match.rule_id in self.bases]
            if together:
                found.extend(self._event(together[0].event, {match.rule_id for match in together}))
        return found

    def _event(self, event: Event, rule_ids: set[str]) -> Iterator[Finding]:
        """Everything one event sets off, bases before what rests on them."""
        match = occurrence_of(event, self._pool)
        occurrences: dict[str, list[Occurrence]] = {rule_id: [match] for rule_id in rule_ids}
        places = {place for rule_id in rule_ids for place in self._users[rule_id]}
        todo = list(places)
        heapify(todo)
        while todo:
            place = heappop(todo)
            rule = self._rules[place]
            for group, firing in self._advance(place, occurrences, event.received):
                self._fired += 1
                if rule.emits:
                    yield finding(rule, group, firing)
                if rule.rule_id in self._users:
                    occurrences.setdefault(rule.rule_id, []).append(_chained(rule, group, firing, event))
                    for user in self._users[rule.rule_id]:
                        if user not in places:
                            places.add(user)
                            heappush(todo, user)

    def _advance(
        self, place: int, occurrences: Mapping[str, Sequence[Occurrence]], received: int
    ) -> Iterator[tuple[Group, Firing]]:
        """Put what happened into the groups of one rule, and say which of them speak."""
        rule = self._rules[place]
        for bucket in self._sorter.sort(rule, occurrences):
            group = self._groups.take(bucket, place, received)
            if group is None:
                continue
            reading = group.read()
            holds = rule.condition.holds(reading)
            again = group.fired is not None and group.newest - group.fired >= rule.timespan
            speaks = holds and (again or not group.held)
            group.held = holds
            if speaks:
                group.fired = group.newest
                yield group, fire(group, reading)

    def health(self) -> dict[str, int]:
        """What is held and what bounds took away.

        ``late``, ``future``: matches before their window, times beyond ours. ``ungrouped``, ``valueless``: matches
        without a field to group by or to measure. ``evicted_live``: groups that went while their window was open;
        findings may be missing. ``damaged``, ``outdated``: stored state that could not be used.
        """
        counters = self._groups.counters
        return {
            "groups": len(self._groups),
            "entries": self._groups.size,
            "fired": self._fired,
            "ungrouped": self._sorter.ungrouped,
            "valueless": self._sorter.valueless,
            "cut_values": self._sorter.cut_values,
            **{name: counters[name] for name in _COUNTERS},
        }

    def changed(self) -> dict[str, bytes | None]:
        """State entries that changed since the last call; None: it is gone."""
        return self._groups.changed()

    def restore(self, entries: Mapping[str, bytes]) -> None:
        """Replace all state; damaged entries, and those of rules that changed, are left out and counted."""
        self._groups = Groups.restored(self._rules, self._limits, entries)


def _chained(rule: CorrelationRule, group: Group, firing: Firing, event: Event) -> Occurrence:
    """A firing as other correlations see it."""
    names = dict(zip(rule.group_by, group.parts, strict=False))
    events, trace = pack(firing.ids, firing.trace_id)
    return Occurrence(group.newest, events, trace, event, firing.context, names)
