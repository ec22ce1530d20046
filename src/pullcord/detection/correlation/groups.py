"""All groups of all correlations: bounded in number and entries, the oldest goes first; kept in step with a store."""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

from pullcord.detection.correlation.compile import MOST_COUNTED
from pullcord.detection.correlation.entry import Entry
from pullcord.detection.correlation.group import Group
from pullcord.detection.correlation.occurrence import Bucket
from pullcord.detection.correlation.rule import CorrelationRule, CorrelationType
from pullcord.detection.correlation.wire import (
    PIECE_ROOM,
    VERSION,
    GroupHead,
    entry_size,
    read_head,
    read_piece,
    write_head,
    write_piece,
)

_KEY = re.compile(r"([0-9a-f]{32})(?:\.([0-9]{1,9}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept.

    Attributes:
        groups: over all rules; the one that was touched longest ago goes first.
        entries: over all groups.
        per_group: entries of one group; the oldest quarter of a full one goes at once.
        per_ordered: the same for ordered rules, whose late entries cost as much as there are entries.
    """

    groups: int = 100_000
    entries: int = 300_000
    per_group: int = MOST_COUNTED
    per_ordered: int = 1_000


class Groups:
    """The state of a correlator.

    Attributes:
        counters: what bounds took away.
        size: entries held.
    """

    def __init__(self, rules: Sequence[CorrelationRule], limits: Limits) -> None:
        self._rules = tuple(rules)
        self._limits = limits
        self._groups: OrderedDict[bytes, Group] = OrderedDict()
        self._touches = 0
        self._heads: set[bytes] = set()
        self._pieces: set[tuple[bytes, int]] = set()
        self._gone: set[str] = set()
        self.counters: Counter[str] = Counter()
        self.size = 0

    def __len__(self) -> int:
        return len(self._groups)

    def take(self, bucket: Bucket, place: int, received: int = 0) -> Group | None:
        """Put an entry into its group, made if need be; None if it comes too late for its window.

        Args:
            bucket: the group, and what to put into it.
            place: of the rule.
            received: when we received the event, nanoseconds; 0 if nobody knows.
        """
        key, parts, entry = bucket
        rule = self._rules[place]
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(place, parts, rule)
        elif received:
            self._correct(key, group, entry, received)
        if group.late(entry.time, rule.timespan):
            self.counters["late"] += 1
            return None
        self._touches += 1
        group.touched = self._touches
        self._groups.move_to_end(key)
        self._expire(key, group, group.add(entry, rule.timespan), rewrite=False)
        self._place(key, group, entry)
        self.size += 1
        ordered = rule.type is CorrelationType.TEMPORAL_ORDERED
        cut = group.cut(self._limits.per_ordered if ordered else self._limits.per_group)
        self.counters["cut_entries"] += len(cut)
        self._expire(key, group, cut, rewrite=True)
        self._heads.add(key)
        self._evict(key, group.newest)
        return group

    def changed(self) -> dict[str, bytes | None]:
        """What the store lacks: heads and pieces that changed, and keys that are gone."""
        found: dict[str, bytes | None] = dict.fromkeys(sorted(self._gone))
        for key, number in sorted(self._pieces):
            group = self._groups[key]
            found[_name(key, number)] = write_piece(group.piece(number))
        for key in sorted(self._heads):
            group = self._groups[key]
            group.stored = group.first + len(group.pieces) - 1
            found[_name(key)] = write_head(
                GroupHead(
                    VERSION,
                    self._rules[group.rule].key,
                    group.parts,
                    group.newest,
                    group.touched,
                    group.fired,
                    group.held,
                )
            )
        self._gone, self._pieces, self._heads = set(), set(), set()
        return found

    @classmethod
    def restored(cls, rules: Sequence[CorrelationRule], limits: Limits, stored: Mapping[str, bytes]) -> Self:
        """Groups from what a store kept; what is damaged or of another rule is dropped and counted."""
        groups = cls(rules, limits)
        groups._restore(stored)
        return groups

    def _restore(self, stored: Mapping[str, bytes]) -> None:
        places = {rule.key: place for place, rule in enumerate(self._rules)}
        pieces: dict[bytes, list[tuple[int, bytes]]] = {}
        heads: dict[bytes, GroupHead] = {}
        for name, data in stored.items():
            match = _KEY.fullmatch(name)
            if match is None:
                self._lose(name, "damaged")
            elif match[2] is not None:
                pieces.setdefault(bytes.fromhex(match[1]), []).append((int(match[2]), data))
            elif (head := read_head(data)) is None:
                self._lose(name, "damaged")
            elif head.rule not in places:
                self._lose(name, "outdated")
            else:
                heads[bytes.fromhex(name)] = head
        for key, head in sorted(heads.items(), key=lambda item: item[1].touched):
            self._revive(key, head, places[head.rule], sorted(pieces.pop(key, [])))
        for key, left in pieces.items():
            for number, _ in left:
                self._lose(_name(key, number), "outdated")
        self._touches = max((group.touched for group in self._groups.values()), default=0)

    def _revive(self, key: bytes, head: GroupHead, place: int, stored: list[tuple[int, bytes]]) -> None:
        """One group from its head and pieces."""
        group = Group(place, head.parts, self._rules[place])
        group.newest, group.touched, group.fired, group.held = (
            head.newest,
            head.touched,
            head.fired,
            head.held,
        )
        horizon = head.newest - self._rules[place].timespan
        kept: list[Entry] = []
        for number, data in stored:
            entries = read_piece(data, number)
            if entries is None or not all(_fits(self._rules[place], each) for each in entries):
                self._lose(_name(key, number), "damaged")
                continue
            live = [each for each in entries if horizon < each.time <= head.newest]
            gap = number - group.first - len(group.pieces) if group.pieces else 0
            if not live or gap > MOST_COUNTED:
                self._lose(_name(key, number), "outdated")
                continue
            group.first = number if not group.pieces else group.first
            group.pieces += [0] * gap + [len(live)]
            group.tail, kept = len(data), kept + live
        if not kept:
            self._lose(_name(key), "damaged")
            return
        group.stored = group.first + len(group.pieces) - 1
        # Stable: entries of one instant stay in order of arrival.
        group.fill(sorted(kept, key=attrgetter("time")))
        self._groups[key] = group
        self.size += len(kept)
        self._evict(key, head.newest)

    def _lose(self, name: str, why: str) -> None:
        self.counters[why] += 1
        self._gone.add(name)

    def _correct(self, key: bytes, group: Group, entry: Entry, received: int) -> None:
        """Put times right that lie in our future; see the correlator for why."""
        if group.newest <= received < entry.time:
            entry.time = received
            self.counters["future"] += 1
        elif entry.time <= received < group.newest:
            moved = group.retime(received)
            self.counters["future"] += len(moved)
            # Even if the entry itself comes too late then.
            self._pieces.update((key, each.chunk) for each in moved)
            self._heads.add(key)

    def _place(self, key: bytes, group: Group, entry: Entry) -> None:
        """Give an entry its piece of stored state: the newest, or a new one if that is full or was emptied."""
        size = entry_size(entry, group.context)
        if not group.pieces or not group.pieces[-1] or group.tail + size > PIECE_ROOM:
            group.pieces.append(0)
            group.tail, size = 0, entry_size(entry, None)
        group.context = entry.context
        group.tail += size
        group.pieces[-1] += 1
        entry.chunk = group.first + len(group.pieces) - 1
        self._pieces.add((key, entry.chunk))

    def _expire(self, key: bytes, group: Group, gone: Sequence[Entry], *, rewrite: bool) -> None:
        """Count entries out of their pieces; ``rewrite``: time alone does not tell that they are gone."""
        self.size -= len(gone)
        for entry in gone:
            at = entry.chunk - group.first
            group.pieces[at] -= 1
            if not group.pieces[at]:
                self._pieces.discard((key, entry.chunk))
                if entry.chunk <= group.stored:
                    self._gone.add(_name(key, entry.chunk))
            elif rewrite:
                self._pieces.add((key, entry.chunk))
        while len(group.pieces) > 1 and not group.pieces[0]:
            del group.pieces[0]
            group.first += 1

    def _evict(self, current: bytes, time: int) -> None:
        """Make room: groups touched longest ago go first, never the current one."""
        while len(self._groups) > 1 and (
            len(self._groups) > self._limits.groups or self.size > self._limits.entries
        ):
            key, group = next(iter(self._groups.items()))
            if key == current:
                return
            del self._groups[key]
            self.size -= len(group.entries)
            self.counters["evicted_groups"] += 1
            # The window of this one still reached to the present: something may have been missed.
            self.counters["evicted_live"] += group.newest > time - self._rules[group.rule].timespan
            self._heads.discard(key)
            for number in range(group.first, group.first + len(group.pieces)):
                self._pieces.discard((key, number))
                if number <= group.stored and group.pieces[number - group.first]:
                    self._gone.add(_name(key, number))
            if group.stored >= 0:
                self._gone.add(_name(key))


def _name(key: bytes, number: int | None = None) -> str:
    """Under which name a head, or a piece of a group is stored."""
    return key.hex() if number is None else f"{key.hex()}.{number}"


def _fits(rule: CorrelationRule, entry: Entry) -> bool:
    """Whether a stored entry can be one of this rule."""
    if not 0 < entry.rules < 1 << len(rule.references):
        return False
    if rule.type.numeric:
        return bool(entry.values) and not any(
            isinstance(value, str) or not math.isfinite(value) for value in entry.values
        )
    return True
