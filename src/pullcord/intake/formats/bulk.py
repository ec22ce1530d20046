"""Bodies of Elastic's bulk API → events and findings, with the fate of each item.

Source: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk. Only adding is known here: what was
taken cannot be changed or deleted by whoever sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

from pullcord.intake.context import Context
from pullcord.intake.decode import Items
from pullcord.intake.detect_format import Format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats import payload
from pullcord.intake.formats.common import Equals, Origin, word
from pullcord.intake.formats.generic import MESSAGE
from pullcord.intake.formats.sourcetypes import NOTHING, Text
from pullcord.intake.ocsf_entities import mapping
from pullcord.intake.record import read_object
from pullcord.intake.wire import MOST_LINES, OversizeBodyError, outside
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun, digest, digest_bytes

CREATED, BAD_REQUEST = 201, 400
_ADDS = ("index", "create")
_NO_INDEX = "events"
_LONGEST_REASON = 500


class Item(Noun, frozen=True, kw_only=True):
    """What became of one action.

    Attributes:
        status: as HTTP has them.
        reason: why it was not taken; empty if it was.
    """

    action: str
    index: str
    id: str
    status: int = CREATED
    reason: str = ""


class Batch(Noun, frozen=True, kw_only=True):
    """What a body held; ``items`` in its order."""

    items: tuple[Item, ...] = ()
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()


def decode(raw: bytes, index: str, ctx: Context) -> Batch:
    """The items of a body.

    Args:
        index: of the address, for items that name none.

    Raises:
        UnreadableRecordError: a line that should be an action is none: nothing of the body is taken.
        OversizeBodyError: more than :data:`MOST_LINES` items.
    """
    items: list[Item] = []
    found: list[Event | Finding] = []
    equals = Equals()
    for number, action, about, document in _actions(raw, ctx):
        if len(items) == MOST_LINES:
            raise OversizeBodyError(f"more than {MOST_LINES} items in one body", "send smaller batches")
        where, given = word(about.get("_index")) or index or _NO_INDEX, word(about.get("_id"))
        found_digest = digest_bytes(document or b"")
        # The same id with other content is no update here: both are kept.
        key = digest([where, given, found_digest]) if given else equals.key(found_digest)
        item = Item(action=action, index=where, id=given or (key or found_digest)[:20])
        origin = Origin(ctx, found_digest, key=key)
        try:
            held = _held(action, document, origin)
        except UnreadableRecordError as error:
            reason = f"line {number}: {error.cause}; {error.cure}"[:_LONGEST_REASON]
            item = Item(action=action, index=where, id=item.id, status=BAD_REQUEST, reason=reason)
        else:
            found += outside(held, ctx)
        items.append(item)
    return Batch(
        items=tuple(items),
        events=tuple(one for one in found if isinstance(one, Event)),
        findings=tuple(one for one in found if isinstance(one, Finding)),
    )


def _actions(raw: bytes, ctx: Context) -> Iterator[tuple[int, str, Mapping[str, object], bytes | None]]:
    """Line, action, its metadata, and the document of those that add."""
    lines = iter(enumerate(BytesIO(raw), 1))
    for number, line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            data = read_object(text, ctx)
        except UnreadableRecordError as error:
            raise UnreadableRecordError(f"line {number}: {error.cause}", error.cure) from error
        action = next(iter(data), "")
        if len(data) != 1 or action not in (*_ADDS, "update", "delete") or not isinstance(data[action], dict):
            raise UnreadableRecordError(
                f"line {number}: no action", "send index or create, and the document in the next line"
            )
        document = next(lines, (0, b""))[1].strip() if action != "delete" else None
        yield number, action, mapping(data[action]), document if action in _ADDS else None


def _held(action: str, raw: bytes | None, origin: Origin) -> Items:
    """The events of a document; one that only carries a line of another format is that line."""
    if raw is None:
        raise UnreadableRecordError(f"{action} is not known here", "only add documents")
    data = read_object(raw, origin.ctx)
    inner = data.get(MESSAGE)
    if isinstance(inner, str) and "winlog" not in data:
        carried = _carried(inner, data, origin)
        if carried is not None:
            return carried
    items, problems = payload.from_json(data, NOTHING, origin, Format.ECS)
    if problems and not items:
        raise problems[0]
    return items


def _carried(text: str, data: Mapping[str, object], origin: Origin) -> Items | None:
    """What Filebeat and Vector ship unparsed: JSON of a known format, CEF or LEEF in ``message``."""
    kind = payload.kind_of(text)
    if kind not in (Text.CEF, Text.LEEF) and text.lstrip()[:1] != "{":
        return None
    host = mapping(data.get("host")).get("name")
    items, problems = payload.read(text, NOTHING, origin._replace(host=word(host)))
    known = items and not problems and all(_is_known(item) for item in items)
    return items if known else None


def _is_known(item: Event | Finding) -> bool:
    return isinstance(item, Finding) or (
        payload.UNDECODED not in item.attributes and not item.id.startswith(("plain:", "ecs:"))
    )
