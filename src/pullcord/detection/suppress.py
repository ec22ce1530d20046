"""Suppressions: what people decided not to be shown for a while, each with owner, reason and end.

A suppressed finding is not lost: it is counted for its suppression, and whoever asks gets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from pullcord.detection.errors import RuleError
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.noun import Noun
from pullcord.model.times import SECOND

SCHEMA = "pullcord.suppressions/1"
MOST = 1_000
LONGEST = timedelta(days=366)
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_GLOB = re.compile(r"[*?]")
_OT_TYPE, _OT_ENTITY = "unsafe-setpoint", "tag:"

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Values = Annotated[list[Words], msgspec.Meta(min_length=1, max_length=100)]
Date = Annotated[str, msgspec.Meta(pattern=_DATE)]


class Where(Noun, frozen=True, kw_only=True):
    """What a finding must be about: every field that is given must have one of the values, letter by letter."""

    asset: Words | Values | None = None
    actor: Words | Values | None = None
    entities: Words | Values | None = None
    site: Words | Values | None = None
    techniques: Words | Values | None = None


class Suppression(Noun, frozen=True, kw_only=True):
    """One decision.

    Attributes:
        id: of this suppression.
        rule: id of a rule or detector; ``*`` stands for any text, ``?`` for one character.
        owner: who answers for it.
        created: the day it was decided, ``YYYY-MM-DD`` (UTC).
        expires: the last day it holds; at most 366 days after ``created``.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    rule: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    owner: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=1_000)]
    created: Date
    expires: Date
    where: Where = Where()


class _File(Noun, frozen=True, kw_only=True):
    """The file."""

    schema: str
    suppressions: Annotated[list[Suppression], msgspec.Meta(max_length=MOST)]


class Flaw(Noun, frozen=True, kw_only=True):
    """What is wrong, where (path as msgspec writes it: ``$.suppressions[0].expires``), and what to do."""

    path: str
    what: str
    cure: str


class Suppressions:
    """Suppressions that are sound, in the order of their file.

    Attributes:
        entries: all of them, the expired ones too.
    """

    def __init__(self, entries: Sequence[Suppression] = ()) -> None:
        self.entries = tuple(entries)
        self._ends = [(one, _end(one)) for one in self.entries]
        # Every finding is asked about: most rules have no suppression, and then only the patterns are looked at.
        self._named: dict[str, list[int]] = {}
        for place, one in enumerate(self.entries):
            self._named.setdefault(one.rule, []).append(place)
        self._patterns = [place for place, one in enumerate(self.entries) if _GLOB.search(one.rule)]

    @staticmethod
    def load(value: object, now: int) -> Suppressions:
        """The suppressions of a file that was parsed already.

        Args:
            value: dictionaries, lists and texts.
            now: nanoseconds UTC.

        Raises:
            msgspec.ValidationError: fields are missing, unknown or wrong; its message names the path.
            SuppressionError: what the fields say does not go together.
        """
        read = msgspec.convert(value, _File)
        flaws = list(_flaws(read, now))
        if flaws:
            raise SuppressionError(flaws)
        return Suppressions(read.suppressions)

    def covering(self, finding: Finding, now: int) -> Suppression | None:
        """The first suppression in force that covers a finding.

        Args:
            now: nanoseconds UTC by the clock, never by the event: its time is in the hands of whoever wrote it.
        """
        exact: Sequence[int] = self._named.get(finding.rule_id, ())
        wide: Sequence[int] = () if not self._patterns or must_be_named(finding) else self._patterns
        for place in sorted({*exact, *wide}):
            one, end = self._ends[place]
            fits = place in exact or _globs(one.rule, finding.rule_id)
            if fits and now < end and _fits(one.where, finding):
                return one
        return None

    def expired(self, now: int) -> tuple[Suppression, ...]:
        """Those that hold no more."""
        return tuple(one for one, end in self._ends if now >= end)


class SuppressionError(RuleError):
    """Suppressions that cannot be used.

    Attributes:
        flaws: all that is wrong.
    """

    code = "PC-1003"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        first = flaws[0]
        super().__init__(f"{first.path}: {first.what}", first.cure)

    def __reduce__(self) -> tuple[type[SuppressionError], tuple[tuple[Flaw, ...]]]:  # type: ignore[override]
        """Survive the way to another process and back."""
        return type(self), (self.flaws,)


class Sieve:
    """Parts findings into those to show and those that are suppressed; counts the latter.

    Attributes:
        counts: how many each suppression covered so far, by its id.
    """

    def __init__(self, suppressions: Suppressions) -> None:
        self._suppressions = suppressions
        self.counts = {one.id: 0 for one in suppressions.entries}

    def part(self, findings: Sequence[Finding], now: int) -> tuple[list[Finding], list[tuple[Finding, str]]]:
        """Findings to show, and suppressed ones each with the id of its suppression."""
        shown: list[Finding] = []
        held: list[tuple[Finding, str]] = []
        for finding in findings:
            one = self._suppressions.covering(finding, now)
            if one is None:
                shown.append(finding)
            else:
                self.counts[one.id] += 1
                held.append((finding, one.id))
        return shown, held


def must_be_named(finding: Finding) -> bool:
    """Whether only a suppression that names the rule letter by letter may cover a finding.

    So it is for everything high or critical that a behaviour detector says or that touches the control network: a
    careless ``*`` must not hide it.
    """
    if finding.severity.rank < Severity.HIGH.rank:
        return False
    touches_ot = finding.incident_type == _OT_TYPE or any(
        entity.startswith(_OT_ENTITY) for entity in finding.entities
    )
    return touches_ot or finding.kind is FindingKind.BEHAVIOUR


def _flaws(read: _File, now: int) -> Iterator[Flaw]:
    if read.schema != SCHEMA:
        yield Flaw(path="$.schema", what=f"schema is {read.schema[:60]!r}", cure=f"write schema: {SCHEMA}")
    seen: set[str] = set()
    for place, one in enumerate(read.suppressions):
        path = f"$.suppressions[{place}]"
        if one.id in seen:
            yield Flaw(
                path=f"{path}.id", what=f"{one.id} stands there twice", cure="give each an id of its own"
            )
        seen.add(one.id)
        yield from _dates(one, path, now)
        if _GLOB.search(one.rule) and one.where == Where():
            cure = "say under where: what it is about, or name the rule in full"
            yield Flaw(
                path=f"{path}.rule", what="a pattern without a where: would silence whole rooms", cure=cure
            )


def _dates(one: Suppression, path: str, now: int) -> Iterator[Flaw]:
    created, expires = _day(one.created), _day(one.expires)
    for name, day in (("created", created), ("expires", expires)):
        if day is None:
            yield Flaw(path=f"{path}.{name}", what="no such day", cure="write YYYY-MM-DD")
    if created is None or expires is None:
        return
    if created > datetime.fromtimestamp(now // SECOND, UTC) + timedelta(days=1):
        yield Flaw(path=f"{path}.created", what="lies in the future", cure="write the day it was decided")
    if expires < created:
        yield Flaw(path=f"{path}.expires", what="lies before created", cure="correct one of them")
    if expires - created > LONGEST:
        cure = "look at it again within a year; then decide anew"
        yield Flaw(path=f"{path}.expires", what=f"more than {LONGEST.days} days after created", cure=cure)


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _end(one: Suppression) -> int:
    """Nanoseconds UTC of the first moment at which it no longer holds; one without a day never holds."""
    day = _day(one.expires)
    return 0 if day is None else int((day + timedelta(days=1)).timestamp()) * SECOND


def _globs(pattern: str, text: str) -> bool:
    """Whether a pattern with ``*`` and ``?`` fits all of a text.

    Only the last star is ever widened, so that time is at most length times length; a regular expression with many
    stars has no such bound, and foreign rule ids are in the hands of others.
    """
    here = there = 0
    star, again = -1, 0
    while there < len(text):
        mark = pattern[here] if here < len(pattern) else ""
        if mark == "*":
            star, again = here, there
            here += 1
        elif mark and mark in ("?", text[there]):
            here += 1
            there += 1
        elif star >= 0:
            again += 1
            here, there = star + 1, again
        else:
            return False
    return not pattern[here:].strip("*")


def _fits(where: Where, finding: Finding) -> bool:
    for name in Where.__struct_fields__:
        wanted = getattr(where, name)
        if wanted is None:
            continue
        given = getattr(finding, name)
        values = given if isinstance(given, tuple) else (given,)
        if not set(wanted if isinstance(wanted, list) else [wanted]) & set(values):
            return False
    return True
