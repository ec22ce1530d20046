"""What a declaration reads of an event: whose value it is, the value, and the key it is collected under."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec

from pullcord.detection.anomaly.bounds import NUMERIC
from pullcord.detection.anomaly.declaration import Declaration, DetectorKind
from pullcord.model.event import Event, Value

LONGEST = 64
"""Characters of an entity's part or a session's name; what is longer ends in its digest."""
MOST_NUMBER = 1e15
_OWN = {"asset", "actor", "trace_id"}

Reading = float | str | list[float] | tuple[str, float]
"""A number, a text, a vector, or the name of a tag with its value."""
_Getter = Callable[[Event], Value | None]


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What was read of an event.

    Attributes:
        entity: site and parts of the entity.
        reading: the value.
        key: the session it belongs to; empty where there are none.
    """

    entity: tuple[str, ...]
    reading: Reading
    key: str


class Entity:
    """Reads whose value it is. Several declarations ask the same of one event, so the last answer is remembered.

    Args:
        names: attributes, as a declaration has them.
    """

    __slots__ = ("_entity", "_event", "_parts")

    def __init__(self, names: tuple[str, ...]) -> None:
        self._parts = tuple((getter(name.removesuffix("?")), name.endswith("?")) for name in names)
        self._event: Event | None = None
        self._entity: tuple[str, ...] | None = None

    def read(self, event: Event) -> tuple[str, ...] | None:
        """Site and parts, bounded in length; None if one that must be there is not."""
        if event is self._event:
            return self._entity
        self._event, self._entity = event, None
        parts = [short(event.site) if event.site else ""]
        for get, optional in self._parts:
            part = get(event)
            if part.__class__ is not str:
                part = _text(part)
            if part:
                parts.append(part if len(part) <= LONGEST and part.isascii() else short(part))
            elif optional:
                parts.append("-")
            else:
                return None
        self._entity = tuple(parts)
        return self._entity


class Reader:
    """Reads events for one declaration.

    Args:
        declaration: checked.
        entity: shared by the declarations that name the same attributes.

    Attributes:
        unusable: how often a value was there but of no use: not a finite number, no plain text.
    """

    __slots__ = (
        "_entity",
        "_key",
        "_matches",
        "_name",
        "_per",
        "_plain",
        "_tag",
        "_value",
        "_where",
        "kind",
        "unusable",
    )

    def __init__(self, declaration: Declaration, entity: Entity | None = None) -> None:
        self.unusable = 0
        self.kind = declaration.detector
        self._per = declaration.unit.per
        self._where = tuple((getter(name), frozenset(texts)) for name, texts in declaration.where.items())
        self._entity = entity or Entity(declaration.entity)
        self._value = None if declaration.value == "count" else getter(declaration.value)
        # The two commonest cases without a detour: one attribute, and a number as it is.
        plain = self._value is not None and "|" not in declaration.value and declaration.value not in _OWN
        self._name = declaration.value if plain else None
        self._plain = declaration.detector in NUMERIC
        self._matches = frozenset(declaration.matches)
        self._tag = None if declaration.tag is None else getter(declaration.tag)
        session = declaration.window.session if declaration.window else None
        self._key = None if session is None else getter(session)

    def read(self, event: Event) -> Seen | None:
        """What the event says, or None if it says nothing to this declaration."""
        reading: Reading | None = 1.0
        if self._value is not None:
            value = event.attributes.get(self._name) if self._name is not None else self._value(event)
            if self._matches:
                reading = 1.0 if self._is_match(value) else 0.0
            elif value is None:
                return None
            elif self._plain and isinstance(value, float) and -MOST_NUMBER <= value <= MOST_NUMBER:
                reading = value / self._per
            else:
                reading = self._reading(value, event)
        for get, texts in self._where:
            if _text(get(event)) not in texts:
                return None
        if reading is None:
            self.unusable += 1
            return None
        entity = self._entity.read(event)
        if entity is None:
            return None
        key = "" if self._key is None else _text(self._key(event))
        return None if self._key is not None and not key else Seen(entity, reading, key)

    def _is_match(self, value: Value | None) -> bool:
        if value is None:
            return False
        values = value[:LONGEST] if isinstance(value, list) else (value,)
        return any("*" in self._matches or _text(one) in self._matches for one in values)

    def _reading(self, value: Value, event: Event) -> Reading | None:
        kind = self.kind
        if kind in (
            DetectorKind.FIRST_SEEN,
            DetectorKind.RARITY,
            DetectorKind.SEQUENCE,
            DetectorKind.CLASS_DRIFT,
        ):
            return _text(value) or None
        if kind is DetectorKind.EMBEDDING_DRIFT:
            return _vector(value)
        number = _number(value)
        if number is not None:
            number /= self._per
        if kind is DetectorKind.RESIDUAL and self._tag is not None and number is not None:
            tag = _text(self._tag(event))
            return (tag, number) if tag else None
        return number


def getter(name: str) -> _Getter:
    """Read an attribute, ``a|b``: the first that is there; a few names are those of the event itself."""
    names = name.split("|")
    if len(names) == 1 and name not in _OWN:
        return lambda event: event.attributes.get(name)

    def first(event: Event) -> Value | None:
        for one in names:
            value = getattr(event, one) if one in _OWN else event.attributes.get(one)
            if value is not None:
                found: Value = value
                return found
        return None

    return first


def short(text: str) -> str:
    """A text fit to be kept: no half surrogates, and a long one as its beginning and a digest of all of it."""
    whole = text.encode("utf-8", "replace")
    if len(text) <= LONGEST:
        return whole.decode()
    digest = blake2b(whole, digest_size=8).hexdigest()
    return f"{whole.decode()[: LONGEST - 17]}~{digest}"


def _text(value: Value | None) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if abs(value) <= MOST_NUMBER else ""


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # False for NaN as well.
    return float(value) if -MOST_NUMBER <= value <= MOST_NUMBER else None


def _vector(value: Value) -> list[float] | None:
    if not isinstance(value, list) or len(value) < 2:  # noqa: PLR2004
        return None
    numbers = [_number(one) for one in value[:8_192]]
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(numbers) else None
