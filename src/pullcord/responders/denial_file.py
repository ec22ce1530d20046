"""The file that tells a tool gateway what to deny: its form, and what an action adds to it.

docs/reference/responders.md describes it for those who build a gateway.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

import msgspec

from pullcord.model.noun import Noun
from pullcord.model.plan import Action, ActionKind
from pullcord.responders.errors import TargetFileError

SCHEMA = "pullcord.tool-denials/1"
MOST_ENTRIES = 2_000
MOST_ITEMS = 200
_Text = Annotated[str, msgspec.Meta(max_length=2_000)]
_Texts = Annotated[tuple[_Text, ...], msgspec.Meta(max_length=MOST_ITEMS)]


class Denial(Noun, frozen=True, kw_only=True):
    """What one action denies.

    Attributes:
        kind: ``disable_agent`` denies everything to ``agents``; ``restrict_tools`` and ``tighten_tool_policy`` deny
            ``tools`` to ``agents``; ``block_destination`` denies ``destinations`` to everybody.
        incident_id: for people; empty if the writer did not know it.
    """

    action_id: _Text
    kind: ActionKind
    agents: _Texts = ()
    tools: _Texts = ()
    destinations: _Texts = ()
    incident_id: _Text = ""


class DenialFile(Noun, frozen=True, kw_only=True):
    """The whole file."""

    schema: str
    denials: Annotated[tuple[Denial, ...], msgspec.Meta(max_length=MOST_ENTRIES)] = ()


def parse(data: bytes) -> tuple[Denial, ...]:
    """The entries of a file.

    Raises:
        TargetFileError: it is not of this form; a gateway must then keep what it had, or deny everything.
    """
    try:
        found = msgspec.json.decode(data, type=DenialFile)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        # Cut: the message may quote what stands there.
        raise TargetFileError(f"the denials are not readable ({error})"[:300], "restore the file") from error
    if found.schema != SCHEMA:
        raise TargetFileError("the file of denials is of another schema", f"use {SCHEMA}")
    return found.denials


def write(entries: Iterable[Denial]) -> bytes:
    """The bytes of a file with these entries, indented for people."""
    file = DenialFile(schema=SCHEMA, denials=tuple(entries))
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def listed(action: Action, name: str) -> list[str]:
    """A parameter that is a JSON list of texts; what is none of these is left out."""
    try:
        found = json.loads(action.params.get(name, "[]"))
    except (ValueError, RecursionError):
        return []
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def entry_of(action: Action, agents: Iterable[str]) -> Denial | None:
    """What an action adds to the file, or None if it names nothing to deny or too much.

    ``agents`` are names of the AI system besides those that the action gives.
    """
    block = action.kind is ActionKind.BLOCK_DESTINATION
    # A destination is bad for everybody behind the gateway: it is denied whoever calls.
    names = () if block else sorted({action.target, *listed(action, "agents"), *agents})
    tools = () if block else tuple(dict.fromkeys(listed(action, "tools")))
    destinations = tuple(dict.fromkeys(listed(action, "destinations"))) if block else ()
    if not (destinations if block else tools):
        return None
    entry = Denial(
        action_id=action.id, kind=action.kind, agents=tuple(names), tools=tools, destinations=destinations
    )
    try:
        return msgspec.convert(msgspec.to_builtins(entry), Denial)
    except msgspec.ValidationError:
        return None
