"""First seen: what somebody or something never did before, once its habits are known."""

from __future__ import annotations

from typing import NamedTuple

from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, Record, print_of
from pullcord.detection.behaviour.report import date
from pullcord.model.times import DAY

MOST_KNOWN = 256
"""Values remembered of one owner; the one used longest ago is forgotten."""
_MOST_COUNT = 1_000_000


class Habit(Record, array_like=True):
    """What is known of one owner.

    Attributes:
        first: time of its first use, nanoseconds UTC.
        uses: how many so far.
        known: fingerprint of a value → day (since 1970) of its last use, in the order of first use.
        day, told: findings told on that day.
    """

    first: int = 0
    uses: int = 0
    known: dict[int, int] = {}
    day: int = 0
    told: int = 0


class Novelty(NamedTuple):
    """A value was new.

    Attributes:
        learned: the owner was watched long enough.
        open: it meets new values often, so that one more says little.
        since, uses, known: when it was first seen, its uses and values before this one.
    """

    learned: bool
    open: bool
    since: int
    uses: int
    known: int

    def reference(self, what: str) -> str:
        """What it is compared with, for people."""
        return f"{self.uses} uses since {date(self.since)} knew {self.known} {what}, none of them this."

    @property
    def odd(self) -> bool:
        """Whether the owner has habits, and this is none of them."""
        return self.learned and not self.open


class Firsts:
    """Habits of owners.

    Attributes:
        memory: where they are kept.
        hushed: new values that were not told because their owner's findings of the day were used up.
    """

    def __init__(self, prefix: str, most: int, limits: Limits) -> None:
        self.memory = Memory(prefix, Habit, most)
        self.hushed = 0
        self._limits = limits

    def see(self, owner: str, value: str, time: int) -> Novelty | None:
        """Note a use; what is new about it, or None if the value is known.

        Args:
            owner: a key (see ``memory.key_of``).
            value: what was used.
            time: of the event, nanoseconds UTC.
        """
        memory = self.memory
        habit = memory.get(owner, time)
        if habit is None:
            habit = Habit(first=time, seen=time, known={})
        # One event with a clock that runs ahead must not put off learning for years.
        early = time < habit.first
        habit.first = min(habit.first, time)
        mark, day = print_of(value), time // DAY
        known = habit.known
        if mark in known:
            # What was seen often enough is counted no more: the record stays as it is.
            if not early and known[mark] == day and habit.uses >= self._limits.learning_count * 50:
                return None
            known[mark] = max(day, known[mark])
            habit.uses = min(habit.uses + 1, _MOST_COUNT)
            memory.put(owner, habit)
            return None
        novelty = self._novelty(habit, time)
        if len(known) >= MOST_KNOWN:
            del known[min(known, key=known.__getitem__)]
        known[mark] = day
        habit.uses = min(habit.uses + 1, _MOST_COUNT)
        memory.put(owner, habit)
        return novelty

    def may_tell(self, owner: str, time: int) -> bool:
        """Whether one more finding about the owner may be told today; it is then used up."""
        habit = self.memory.get(owner, time)
        if habit is None:
            return True
        day = time // DAY
        if habit.day != day:
            habit.day, habit.told = day, 0
        if habit.told >= self._limits.a_day:
            self.hushed += 1
            return False
        habit.told += 1
        self.memory.put(owner, habit)
        return True

    def _novelty(self, habit: Habit, time: int) -> Novelty:
        limits = self._limits
        learned = (
            habit.uses >= limits.learning_count
            and time - habit.first >= limits.learning_time
            and bool(habit.known)
        )
        # Laplace's estimate of the probability that the next value is new.
        share = (len(habit.known) + 1) / (habit.uses + 2)
        return Novelty(learned, share > limits.novelty, habit.first, habit.uses, len(habit.known))
