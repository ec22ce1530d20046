"""Inventory: what stands in the plant, which AI systems there are, and what depends on them."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun


class Mode(StrEnum):
    """How much Pullcord may do with one AI system, in rising order; every system starts in ``observe``."""

    OBSERVE = "observe"
    RECOMMEND = "recommend"
    ACT_R0 = "act-R0"
    ACT_R1 = "act-R1"


class Criticality(StrEnum):
    """What the plant loses without it, in rising order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (low) to 3 (critical), to compare by."""
        return list(Criticality).index(self)


class Role(StrEnum):
    """What an AI system does for the line."""

    ADVISORY = "advisory"
    GATEKEEPER = "gatekeeper"
    CLOSED_LOOP = "closed-loop"
    PREDICTIVE_MAINTENANCE = "predictive-maintenance"
    OFFICE = "office"


class OtAccess(StrEnum):
    """What Pullcord may do with an OT node. ``never`` is the default and nothing lifts it."""

    NEVER = "never"
    READ = "read"
    MODE_SWITCH = "mode_switch"


class OtNode(Noun, frozen=True, kw_only=True):
    """One OPC UA node, register or topic that belongs to an AI system."""

    address: str
    access: OtAccess = OtAccess.NEVER
    description: str = ""


class FallbackHealth(StrEnum):
    """Whether the fallback would work now; ``unknown`` counts as not healthy."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


class Fallback(Noun, frozen=True, kw_only=True):
    """How the plant goes on without the AI system.

    Attributes:
        procedure: what people or machines do instead, in the plant's words.
        sensors, network, credentials: what it needs to work; must not be shared with a suspect input.
        staff: people needed per shift.
        capacity_percent: share of normal production it can carry, 0 to 100.
        longest_hours: how long it can be kept up.
        last_exercised: date (YYYY-MM-DD) of the last exercise, if any.
    """

    procedure: str
    health: FallbackHealth = FallbackHealth.UNKNOWN
    sensors: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    staff: int = 0
    capacity_percent: int = 100
    longest_hours: float | None = None
    last_exercised: str | None = None


class Dependant(Noun, frozen=True, kw_only=True):
    """Something that uses the output of an AI system.

    Attributes:
        name: an asset, cell, line or AI system of this inventory.
        confirmed: date (YYYY-MM-DD) on which the OT owner confirmed this dependence; None = not confirmed.
    """

    name: str
    confirmed: str | None = None


class AiSystem(Noun, frozen=True, kw_only=True):
    """One AI system: an agent, copilot, vision model, predictive or control model.

    Attributes:
        name: unique in the inventory.
        aliases: further names under which telemetry may speak of it (agent, service, host, model endpoint).
        owner, deputy: who answers for it.
        ot_owner: who answers for the process it touches.
        tools: names of tools the agent may call; ``side_effects`` are those that change or send something.
        data_classes: what it can read (recipe, cad, process-parameter, supplier, personal-data …).
        dependants: what uses its output. ``dependants_complete`` says whether the list is known to be whole.
        stop_cost_per_minute: cost of running without it, in the inventory's currency.
    """

    name: str
    role: Role
    owner: str
    site: str | None = None
    deputy: str | None = None
    ot_owner: str | None = None
    aliases: tuple[str, ...] = ()
    description: str = ""
    criticality: Criticality = Criticality.MEDIUM
    mode: Mode = Mode.OBSERVE
    data_classes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    side_effects: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    ot_nodes: tuple[OtNode, ...] = ()
    dependants: tuple[Dependant, ...] = ()
    dependants_complete: bool = False
    fallback: Fallback | None = None
    stop_cost_per_minute: float | None = None


class Asset(Noun, frozen=True, kw_only=True):
    """A machine, host, sensor or gateway in a cell; ``safety`` marks safety functions (out of reach)."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    address: str | None = None
    purdue_level: float | None = None
    safety: bool = False


class Cell(Noun, frozen=True, kw_only=True):
    """A group of assets that work together."""

    name: str
    assets: tuple[Asset, ...] = ()


class Line(Noun, frozen=True, kw_only=True):
    """A production line; ``stop_cost_per_minute`` in the inventory's currency."""

    name: str
    cells: tuple[Cell, ...] = ()
    stop_cost_per_minute: float | None = None


class Site(Noun, frozen=True, kw_only=True):
    """One plant; ``timezone`` is an IANA name."""

    name: str
    lines: tuple[Line, ...] = ()
    timezone: str = "UTC"


class Inventory(Noun, frozen=True, kw_only=True):
    """The inventory file: ``schema`` is ``pullcord.inventory/1``."""

    schema: str
    sites: tuple[Site, ...]
    ai_systems: tuple[AiSystem, ...] = ()
    currency: str = "EUR"
    internal_domains: tuple[str, ...] = ()
