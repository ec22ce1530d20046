"""What Sparkplug B messages mean one after the other: names behind aliases, births, deaths, gaps in the sequence.

Pullcord only listens: it cannot ask an edge node to be born again. Until the next birth, data under aliases from before
it began to listen are kept under ``alias <n>`` and counted.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from pullcord.intake.listening import Tally
from pullcord.intake.sparkplug import NAMESPACE, Metric, Scalar, parse, typed

COUNTED = ("births", "deaths", "sequence_gaps", "unknown_aliases", "metrics_left_out", "nodes", "evicted")

_MOST_NODES = 1_024
_MOST_NAMES = 40_000
"""Names and aliases of one edge node with all its devices."""
_MOST_ALL = 400_000
_LONGEST_NAME = 512
_OPERATIONS = {
    "NBIRTH": "birth",
    "DBIRTH": "birth",
    "NDATA": "read",
    "DDATA": "read",
    "NDEATH": "death",
    "DDEATH": "death",
    # A command asks a node to write: whoever sends one acts on the plant.
    "NCMD": "write",
    "DCMD": "write",
}
_UNNUMBERED = frozenset({"NDEATH", "NCMD", "DCMD"})
_SEQUENCE = 256
_LEAST_PARTS, _MOST_PARTS = 4, 5


class Reading(NamedTuple):
    """One metric with its name.

    Attributes:
        operation: ``birth``, ``read``, ``death`` or ``write``.
        device: empty for the edge node itself.
        tag: ``group/node/device/metric``; of a death without its metric.
        time: milliseconds since 1970, if it or its message says one.
        gap: messages before this one are missing.
    """

    operation: str
    group: str
    node: str
    device: str
    tag: str
    metric: str = ""
    value: Scalar | None = None
    time: int | None = None
    quality: str = "good"
    historical: bool = False
    gap: bool = False


@dataclass
class _Node:
    seq: int | None = None
    # Aliases are unique within an edge node, devices included.
    names: dict[int, tuple[str, int]] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)

    def size(self) -> int:
        return len(self.names) + len(self.types)


class SparkplugState:
    """Follows all edge nodes of one broker, in bounded memory: the one heard of longest ago is forgotten first."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._nodes: OrderedDict[tuple[str, str], _Node] = OrderedDict()
        self._held = 0

    def readings(self, topic: str, payload: bytes) -> list[Reading]:
        """What a message says; nothing for the state of hosts and for topics that are none of Sparkplug's.

        Raises:
            UnreadableRecordError: the payload is none.
        """
        parts = topic.split("/")
        if not _LEAST_PARTS <= len(parts) <= _MOST_PARTS or parts[0] != NAMESPACE:
            return []
        group, kind, name = parts[1], parts[2], parts[3]
        device = parts[4] if len(parts) == _MOST_PARTS else ""
        operation = _OPERATIONS.get(kind)
        if operation is None:
            return []
        message = parse(payload)
        self._tally.add("metrics_left_out", message.left_out)
        node = self._node((group, name))
        gap = self._sequence(node, kind, message.seq)
        if operation == "birth":
            self._tally.add("births")
            if kind == "NBIRTH":
                self._held -= node.size()
                node.names.clear()
                node.types.clear()
        where = "/".join(filter(None, (group, name, device)))
        bare = Reading(operation, group, name, device, where, time=message.time, gap=gap)
        if operation == "death":
            self._tally.add("deaths")
            return [bare._replace(quality="bad")]
        return [self._reading(bare, node, metric) for metric in message.metrics]

    def forget_sequences(self) -> None:
        """The connection was lost: what is missing was not missing from the node."""
        for node in self._nodes.values():
            node.seq = None

    def _reading(self, bare: Reading, node: _Node, metric: Metric) -> Reading:
        name, datatype = metric.name, metric.datatype
        if bare.operation == "birth":
            self._learn(node, metric)
        elif not name and metric.alias is not None:
            name, known = node.names.get(metric.alias, ("", 0))
            datatype = datatype or known
            if not name:
                self._tally.add("unknown_aliases")
                name = f"alias {metric.alias}"
        datatype = datatype or node.types.get(name, 0)
        return bare._replace(
            tag=f"{bare.tag}/{name}",
            metric=name,
            value=typed(metric, datatype),
            time=metric.time or bare.time,
            quality=_quality(metric),
            historical=metric.historical,
        )

    def _learn(self, node: _Node, metric: Metric) -> None:
        before = node.size()
        if before >= _MOST_NAMES:
            self._tally.add("evicted")
            return
        name = metric.name[:_LONGEST_NAME]
        if metric.alias is not None:
            node.names[metric.alias] = (name, metric.datatype)
        node.types[name] = metric.datatype
        self._held += node.size() - before
        # The node that is being born was heard of last: it is not among those that go.
        while self._held > _MOST_ALL and len(self._nodes) > 1:
            self._evict()

    def _sequence(self, node: _Node, kind: str, seq: int | None) -> bool:
        """Whether messages are missing before this one."""
        if kind in _UNNUMBERED or seq is None:
            if kind == "NDEATH":
                node.seq = None
            return False
        gap = kind != "NBIRTH" and node.seq is not None and seq != (node.seq + 1) % _SEQUENCE
        node.seq = seq % _SEQUENCE
        self._tally.add("sequence_gaps", gap)
        return gap

    def _node(self, key: tuple[str, str]) -> _Node:
        node = self._nodes.get(key)
        if node is None:
            while len(self._nodes) >= _MOST_NODES:
                self._evict()
            node = self._nodes[key] = _Node()
        self._nodes.move_to_end(key)
        self._tally.set("nodes", len(self._nodes))
        return node

    def _evict(self) -> None:
        _, old = self._nodes.popitem(last=False)
        self._held -= old.size()
        self._tally.add("evicted")


def _quality(metric: Metric) -> str:
    """The word for OPC's quality numbers, which Sparkplug uses; a value without one is good."""
    if metric.null:
        return "bad"
    if metric.quality is None:
        return "good"
    return {192: "good", 0: "bad", 500: "stale"}.get(metric.quality, str(metric.quality))
