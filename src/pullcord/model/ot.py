"""The words between Pullcord and the OT writer, and the allow-list that the OT people sign."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun


class Interlock(Noun, frozen=True, kw_only=True):
    """A node that must hold one of these values before a switch is requested (text, as :func:`str` writes it)."""

    node: str
    allowed: tuple[str, ...]
    meaning: str = ""


class Switch(Noun, frozen=True, kw_only=True):
    """One permitted request: one AI system from AI to manual. There is no entry for the other direction.

    Attributes:
        system: the AI system, as the inventory names it.
        node: OPC UA node id of the mode request.
        manual: the value to write, as text (booleans ``true``/``false``, integers in decimal).
        automatic: the values under which the AI has control; anything else is refused as unknown.
        readback: node whose value says what the PLC did; may be ``node`` itself.
        interlocks: read right before; all must hold.
        effects: nodes that show the effect at the line, with the values they must take.
        longest_age_seconds: an older source timestamp on ``readback`` is refused as stale.
        readback_seconds: how long to wait for the PLC.
    """

    system: str
    endpoint: str
    node: str
    manual: str
    automatic: tuple[str, ...]
    readback: str
    interlocks: tuple[Interlock, ...] = ()
    effects: tuple[Interlock, ...] = ()
    longest_age_seconds: float = 10.0
    readback_seconds: float = 5.0


class AllowList(Noun, frozen=True, kw_only=True):
    """What the OT writer may do at all; signed with a key that Pullcord does not have.

    Attributes:
        schema: ``pullcord.ot-allow-list/1``.
        version: rises with every change; an older one is refused.
        switches_per_hour: rate cap over all systems.
        share_percent: at most this share of the listed systems in manual by our doing at a time.
    """

    schema: str
    version: int
    site: str
    switches: tuple[Switch, ...]
    switches_per_hour: int = 4
    share_percent: int = 50


class OtVerb(StrEnum):
    """What can be asked of the OT writer."""

    HELLO = "hello"
    READ = "read"
    TO_MANUAL = "to_manual"


class OtRequest(Noun, frozen=True, kw_only=True):
    """One line to the OT writer.

    Attributes:
        time: the asker's clock, nanoseconds UTC; the two must not differ by more than 60 s.
        key: of the intent; a key that was answered gets the same answer again.
        prestate: mode value that the plan saw; empty = do not compare.
    """

    verb: OtVerb
    time: int
    system: str = ""
    key: str = ""
    prestate: str = ""


class OtResult(StrEnum):
    """What came of a request.

    ``ok``: read. ``done``: the PLC says manual. ``already``: it was. ``refused``: not sent, or the PLC said no; the
    mode is as before. ``unknown``: sent, and no readback in time.
    """

    OK = "ok"
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class OtReply(Noun, frozen=True, kw_only=True):
    """One line from the OT writer.

    Attributes:
        time: the writer's clock, nanoseconds UTC.
        mode: value of the readback node, empty if it was not read.
        manual, automatic: whether that value means manual, or that the AI has control.
        age_seconds: of that value by its source timestamp.
        interlocks, effects: node → value, as read.
        problems: interlocks that do not hold, effects that are not there, one sentence each.
    """

    result: OtResult
    time: int
    detail: str = ""
    mode: str = ""
    manual: bool = False
    automatic: bool = False
    age_seconds: float | None = None
    interlocks: dict[str, str] = {}
    effects: dict[str, str] = {}
    problems: tuple[str, ...] = ()
