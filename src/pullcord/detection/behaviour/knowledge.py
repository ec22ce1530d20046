"""What the site knows about itself: its AI systems, their tools, credentials and nodes, its canaries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from pullcord.detection.behaviour.hosts import host
from pullcord.model.inventory import AiSystem, Asset, Inventory, OtAccess, Role
from pullcord.model.noun import Noun

_MAX_NAME = 512
_IDENTIFIER = re.compile(r"^(?:ns=\d+;)?[sigb]=")


class Envelope(NamedTuple):
    """The values that a tag may take; None: no limit on that side."""

    low: float | None
    high: float | None


class Knowledge(Noun, frozen=True, kw_only=True):
    """What the behaviour detectors hold against what they see. Names are casefolded.

    Attributes:
        internal_domains: the organisation's own; hosts there are no outside destination.
        systems: name or alias → name of the AI system, as the inventory writes it.
        closed_loop: names of AI systems whose work is to write process values.
        tools: AI system → tools it may call.
        side_effects: AI system → tools that change or send something.
        credentials: credential → AI system that holds it.
        nodes: name of an OT node (see :func:`node_names`) → (AI system it belongs to, access).
        envelopes: OT node or tag → limits; the inventory has none, a site may give them.
        canaries: tokens that must never leave, planted in prompts or documents.
        endpoints: hosts that serve registered models.
        assets: name, alias or address → Purdue level, where the inventory gives one.
    """

    internal_domains: frozenset[str] = frozenset()
    systems: Mapping[str, str] = {}
    closed_loop: frozenset[str] = frozenset()
    tools: Mapping[str, frozenset[str]] = {}
    side_effects: Mapping[str, frozenset[str]] = {}
    credentials: Mapping[str, str] = {}
    nodes: Mapping[str, tuple[str, OtAccess]] = {}
    envelopes: Mapping[str, Envelope] = {}
    canaries: tuple[str, ...] = ()
    endpoints: frozenset[str] = frozenset()
    assets: Mapping[str, float] = {}

    def system(self, name: str | None) -> str | None:
        """The registered AI system that goes by a name, or None."""
        return None if name is None else self.systems.get(name.casefold())


def knowledge_of(inventory: Inventory, canaries: Collection[str] = ()) -> Knowledge:
    """What an inventory says; ``canaries`` are the site's own tokens."""
    systems: dict[str, str] = {}
    credentials: dict[str, str] = {}
    meant: dict[str, set[tuple[str, OtAccess]]] = {}
    endpoints: set[str] = set()
    for system in inventory.ai_systems:
        for name in (system.name, *system.aliases):
            systems.setdefault(name.casefold(), system.name)
        for credential in system.credentials:
            credentials.setdefault(credential.casefold(), system.name)
        for node in system.ot_nodes:
            for name in node_names(node.address):
                meant.setdefault(name, set()).add((system.name, node.access))
        endpoints |= _endpoints(system)
    return Knowledge(
        internal_domains=frozenset(d.casefold().strip(".") for d in inventory.internal_domains),
        systems=systems,
        closed_loop=frozenset(s.name for s in inventory.ai_systems if s.role is Role.CLOSED_LOOP),
        tools={s.name: _casefolded((*s.tools, *s.side_effects)) for s in inventory.ai_systems},
        side_effects={s.name: _casefolded(s.side_effects) for s in inventory.ai_systems},
        credentials=credentials,
        # A name that two servers use for different things names neither.
        nodes={name: found.pop() for name, found in meant.items() if len(found) == 1},
        canaries=tuple(dict.fromkeys(canaries)),
        endpoints=frozenset(endpoints),
        assets=_levels(inventory),
    )


def node_names(address: str) -> tuple[str, ...]:
    """Under which names a node is found: its address, that without the server, and the letters of its identifier.

    Records name the same signal in different ways: ``opc.tcp://plc:4840/ns=2;s=WI07.Limit``, ``ns=2;s=WI07.Limit``,
    ``WI-07.limit``.
    """
    whole = address[:_MAX_NAME].casefold()
    node = whole.rpartition("/")[2] if "://" in whole else whole
    letters = "".join(c for c in _IDENTIFIER.sub("", node) if c.isalnum())
    # A number alone says nothing without its server.
    more = (f"tag {letters}",) if letters and not letters.isdigit() else ()
    return tuple(dict.fromkeys((whole, node, *more)))


def _casefolded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _endpoints(system: AiSystem) -> set[str]:
    """Aliases and models that name a place on a network."""
    return {place for name in (*system.aliases, *system.models) if (place := host(name)) is not None}


def _levels(inventory: Inventory) -> dict[str, float]:
    levels: dict[str, float] = {}
    for site in inventory.sites:
        for line in site.lines:
            for cell in line.cells:
                for asset in cell.assets:
                    _level(asset, levels)
    return levels


def _level(asset: Asset, levels: dict[str, float]) -> None:
    if asset.purdue_level is None:
        return
    for name in (asset.name, *asset.aliases, *((asset.address,) if asset.address else ())):
        levels.setdefault(name.casefold(), asset.purdue_level)
