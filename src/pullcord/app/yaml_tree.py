"""Bounded YAML with positions: plain values, and line and column of each.

Only the core of YAML is read: mappings, sequences, text, numbers, booleans, null. Tags, merge keys and repeated
keys are errors; dates stay text. Parser: ruamel.yaml (YAML 1.2), used up to its node graph, so that no object is
ever constructed from a tag.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES = 2 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 32
MAX_ALIASES = 1_000

Place = tuple[int, int]
"""Line and column, both from 1."""

_PREFIX = "tag:yaml.org,2002:"


class TreeError(Exception):
    """The text is not YAML within the bounds; ``place``, ``cause`` and ``cure`` say where, what and what to do."""

    def __init__(self, place: Place, cause: str, cure: str) -> None:
        self.place = place
        self.cause = cause
        self.cure = cure
        super().__init__(cause)


@dataclass
class Tree:
    """A document.

    Attributes:
        value: dictionaries, lists, str, int, float, bool, None.
        places: where each value stands, by path as msgspec writes it (``$.sites[0].name``); a mapping's keys are
            listed under ``path!key``.
    """

    value: Any = None
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Where a path stands, or its nearest ancestor that does."""
        while path not in self.places and path != "$":
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else "$"
        return self.places.get(path, (1, 1))


def load(data: bytes) -> Tree:
    """Read one YAML document.

    Raises:
        TreeError: not UTF-8, not YAML, more than one document, or beyond a bound (2 MiB, 200,000 values with
            aliases written out, depth 32, 1,000 aliases).
    """
    if len(data) > MAX_BYTES:
        raise TreeError((1, 1), f"{len(data)} bytes, the limit is {MAX_BYTES}", "split the file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TreeError((line, 1), "not UTF-8", "save the file as UTF-8") from error
    try:
        _check_shape(text)
        node = _yaml().compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        cause = str(error.problem or "not YAML").splitlines()[0][:200]
        raise TreeError(place, cause, "correct the YAML here") from error
    except (YAMLError, ValueError) as error:
        cause = str(error).splitlines()[0][:200] if str(error) else "not YAML"
        raise TreeError((1, 1), cause, "correct the YAML") from error
    tree = Tree()
    tree.value = _Builder(tree).build(node, "$", 0)
    return tree


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _check_shape(text: str) -> None:
    """Depth, size and aliases from the stream of events: before anything recursive sees the text."""
    depth = nodes = aliases = 0
    anchors: set[str] = set()
    for event in _yaml().parse(text):
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, AliasEvent):
            aliases += 1
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            if event.anchor in anchors:
                raise TreeError(place, f"the anchor &{event.anchor[:40]} is set twice", "rename one of them")
            anchors.add(event.anchor)
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, NodeEvent)
        if depth > MAX_DEPTH:
            raise TreeError(place, f"nested deeper than {MAX_DEPTH}", "flatten it")
        if nodes > MAX_NODES or aliases > MAX_ALIASES:
            limit = f"{MAX_NODES} values or {MAX_ALIASES} aliases"
            raise TreeError(place, f"more than {limit}", "split the file")


class _Builder:
    """Turns the node graph into plain values; counts, because an alias can stand for very many values."""

    def __init__(self, tree: Tree) -> None:
        self._places = tree.places
        self._count = 0

    def build(self, node: Node | None, path: str, depth: int) -> Any:  # noqa: ANN401  (any YAML value)
        if node is None:
            return None
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self._places[path] = place
        self._count += 1
        if self._count > MAX_NODES:
            raise TreeError(place, f"more than {MAX_NODES} values once aliases are written out", "use fewer")
        if depth > MAX_DEPTH:
            raise TreeError(place, "an alias contains itself, or is nested too deep", "write it out")
        match node:
            case MappingNode():
                return self._mapping(node, path, depth)
            case SequenceNode():
                self._only(node, "seq", place)
                return [self.build(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(node.value)]
            case ScalarNode():
                return _scalar(node, place)
            case _:
                raise TreeError(place, "not a YAML value", "correct the YAML here")

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        self._only(node, "map", (node.start_mark.line + 1, node.start_mark.column + 1))
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode) or key_node.tag == f"{_PREFIX}merge":
                raise TreeError(
                    place, "a key must be plain text", "write the fields out, without << or lists"
                )
            key = str(key_node.value)
            if key in found:
                raise TreeError(place, f"the key {key[:60]!r} stands here twice", "remove one of them")
            self._places[f"{path}!{key}"] = place
            found[key] = self.build(value_node, f"{path}.{key}", depth + 1)
        return found

    def _only(self, node: Node, tag: str, place: Place) -> None:
        if node.tag != f"{_PREFIX}{tag}":
            raise TreeError(place, f"the tag {str(node.tag)[:60]} is not allowed", "remove the tag")


def _scalar(node: ScalarNode, place: Place) -> str | int | float | bool | None:
    text, tag = str(node.value), str(node.tag).removeprefix(_PREFIX)
    match tag:
        case "str" | "timestamp":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" | "float":
            return _number(text, place)
        case _:
            raise TreeError(place, f"the tag {str(node.tag)[:60]} is not allowed", "remove the tag")


def _number(text: str, place: Place) -> int | float:
    """A decimal number. Other notations are refused: 0x10 or 1_000 in a plant file is more likely a mistake."""
    try:
        if len(text) <= 40:  # noqa: PLR2004  (no plant has a longer number; int() is quadratic in the length)
            return int(text, 10)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        raise TreeError(
            place, f"{text[:40]!r} is not a plain number", "write it in digits or quote it"
        ) from None
    if not math.isfinite(value) or "_" in text:
        raise TreeError(place, f"{text[:40]!r} is not a plain number", "write it in digits or quote it")
    return value
