"""Says from its attributes what an event is about: Sigma logsource, actor, site."""

from __future__ import annotations

from collections.abc import Collection

from pullcord.intake.aliases import OPERATION, TOOL
from pullcord.model.event import Attributes, LogSource

_CATEGORIES = {
    "execute_tool": "tool",
    "chat": "llm",
    "text_completion": "llm",
    "generate_content": "llm",
    "embeddings": "llm",
    "invoke_agent": "agent",
    "create_agent": "agent",
    "invoke_workflow": "agent",
    "retrieval": "rag",
}
# In this order: an MCP call with a tool name has an operation and never gets here, and much of what tells of
# something else names the model that it happened to.
_PREFIXES = (
    ("mcp.", "mcp"),
    ("ot.", "ot"),
    ("vision.", "vision"),
    ("ai.rag.", "rag"),
    ("ai.memory.", "agent"),
    ("ai.agent.", "agent"),
    ("ai.thread.", "agent"),
    ("ai.dataset.", "training"),
    ("ai.training.", "training"),
    ("ai.package.", "supply_chain"),
    ("ai.prediction.", "prediction"),
    ("ai.advice.", "prediction"),
    ("access.", "access"),
    ("egress.", "egress"),
    ("ai.destination.", "egress"),
    ("ai.guardrail.", "llm"),
    ("ai.answer.", "llm"),
    ("ai.budget.", "llm"),
    ("ai.feedback.", "llm"),
    ("ai.model.", "model_registry"),
    ("gen_ai.", "llm"),
)
_STARTS = tuple(prefix for prefix, _ in _PREFIXES)
_STATED = "pullcord.logsource."
PRODUCT = "ai"
"""Sigma's product for all that is about AI or OT."""
STATED = (f"{_STATED}product", f"{_STATED}category", f"{_STATED}service")
"""Attributes in which a source says itself what its events are."""
ACTORS = ("enduser.id", "user.id", "user.name", "user.email", "enduser.pseudo.id")


def logsource(attributes: Attributes) -> LogSource:
    """What the source states in ``pullcord.logsource.*``, else product ``ai`` and a category by attributes.

    Without any attribute about AI or OT there is no product. The service is ``service.name``.
    """
    guess = _guess(attributes)
    product, category, service = STATED
    return LogSource(
        product=first_text(attributes, (product,)) or guess.product,
        category=first_text(attributes, (category,)) or guess.category,
        service=first_text(attributes, (service, "service.name")),
    )


def _guess(attributes: Attributes) -> LogSource:
    category = category_of(attributes.get(OPERATION)) or category_by_names(attributes)
    return LogSource(product=None if category is None else PRODUCT, category=category)


def category_of(operation: object) -> str | None:
    """The category that ``gen_ai.operation.name`` tells, if it does."""
    return _CATEGORIES.get(operation) if isinstance(operation, str) else None


def category_by_names(names: Collection[str]) -> str | None:
    """The category that the names of attributes tell, if any of them is about AI or OT."""
    if TOOL in names:
        return "tool"
    ours = [name for name in names if name.startswith(_STARTS)]
    for prefix, category in _PREFIXES:
        if any(name.startswith(prefix) for name in ours):
            return category
    return None


def actor(attributes: Attributes) -> str | None:
    """The principal, from the names OpenTelemetry has for it."""
    return first_text(attributes, ACTORS)


def first_text(attributes: Attributes, keys: tuple[str, ...], longest: int = 512) -> str | None:
    """The first attribute of these that is non-empty text, cut to ``longest`` characters."""
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value[:longest]
    return None
