"""What a finding says besides its rule: the entities of the event, and reasons for people."""

from __future__ import annotations

from collections.abc import Iterable

from pullcord.detection.node import Witness
from pullcord.detection.view import View
from pullcord.model.event import Event

OUR_AUTHOR = "The Pullcord authors"

_ENTITY_LIMIT = 24
_ENTITY_LENGTH = 256
_REASON_LIMIT = 6
_REASON_LENGTH = 120

# Which attributes name a thing that other findings may name too: OpenTelemetry names, then Windows events.
_ENTITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("host", ("host.name", "host.id", "Computer")),
    ("user", ("user.name", "user.id", "enduser.id", "User", "TargetUserName")),
    ("agent", ("gen_ai.agent.id", "gen_ai.agent.name")),
    ("session", ("gen_ai.conversation.id", "mcp.session.id", "session.id")),
    (
        "address",
        (
            "client.address",
            "source.address",
            "network.peer.address",
            "SourceIp",
            "DestinationIp",
            "IpAddress",
        ),
    ),
    ("destination", ("server.address", "destination.address", "DestinationHostname")),
    ("model", ("ai.model.id", "ai.model.name")),
    ("artifact", ("ai.model.artifact.digest", "file.hash.sha256")),
    ("credential", ("credential.id",)),
    ("mcp_server", ("mcp.server.name",)),
    ("tag", ("ot.tag", "ot.node_id")),
)


_ORDER = {
    key: (place, kind) for place, (kind, key) in enumerate((k, key) for k, keys in _ENTITIES for key in keys)
}


def entities(event: Event, view: View) -> tuple[str, ...]:
    """Shared observables as ``kind:value``, sorted by the table above, bounded in number and length.

    A value that is too long is left out: half a value would join what does not belong together.
    """
    found: dict[str, None] = {}
    if event.actor:
        found[f"actor:{event.actor}"] = None
    for key in sorted(_ORDER.keys() & event.attributes.keys(), key=_ORDER.__getitem__):
        kind = _ORDER[key][1]
        for text in view.texts(key)[:_ENTITY_LIMIT]:
            if text.strip():
                found[f"{kind}:{text.strip()}"] = None
    fit = [entity for entity in found if len(entity) <= _ENTITY_LENGTH]
    return tuple(fit[:_ENTITY_LIMIT])


def reasons(witnesses: Iterable[Witness], author: str) -> tuple[str, ...]:
    """One sentence per comparison that held, then the rule's author where that is not us."""
    lines: dict[str, None] = {}
    for witness in witnesses:
        lines[_sentence(witness)] = None
        if len(lines) == _REASON_LIMIT:
            break
    # The Detection Rule License wants the author named where a match is shown.
    credit = (f"Rule by {author}.",) if author and author != OUR_AUTHOR else ()
    return (*lines, *credit)


def _sentence(witness: Witness) -> str:
    shown = shorten(witness.text)
    if witness.field is None:
        return f"Matched: {shown}"
    return f"{witness.field} matched: {shown}"


def shorten(text: str) -> str:
    """A value fit to be shown: one line, no control characters, at most 120 characters."""
    head = text[: _REASON_LENGTH + 1]
    clean = head
    if not head.isprintable():
        clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in head)
    return f"{clean[: _REASON_LENGTH - 1]}…" if len(clean) > _REASON_LENGTH else clean
