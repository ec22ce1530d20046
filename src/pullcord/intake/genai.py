"""Says from its attributes what an event is about: Sigma logsource, actor, site."""

from __future__ import annotations

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
}
# In this order: an MCP call with a tool name has an operation and never gets here.
_PREFIXES = (
    ("mcp.", "mcp"),
    ("ot.", "ot"),
    ("vision.", "vision"),
    ("ai.model.", "model_registry"),
    ("gen_ai.", "llm"),
)
_STARTS = tuple(prefix for prefix, _ in _PREFIXES)
_STATED = "pullcord.logsource."
_ACTORS = ("enduser.id", "user.id", "user.name", "user.email", "enduser.pseudo.id")


def logsource(attributes: Attributes) -> LogSource:
    """What the source states in ``pullcord.logsource.*``, else product ``ai`` and a category by attributes.

    Without any attribute about AI or OT there is no product. The service is ``service.name``.
    """
    guess = _guess(attributes)
    return LogSource(
        product=first_text(attributes, (f"{_STATED}product",)) or guess.product,
        category=first_text(attributes, (f"{_STATED}category",)) or guess.category,
        service=first_text(attributes, (f"{_STATED}service", "service.name")),
    )


def _guess(attributes: Attributes) -> LogSource:
    named = attributes.get(OPERATION)
    if isinstance(named, str) and named in _CATEGORIES:
        return LogSource(product="ai", category=_CATEGORIES[named])
    if TOOL in attributes:
        return LogSource(product="ai", category="tool")
    ours = [key for key in attributes if key.startswith(_STARTS)]
    for prefix, category in _PREFIXES:
        if any(key.startswith(prefix) for key in ours):
            return LogSource(product="ai", category=category)
    return LogSource()


def actor(attributes: Attributes) -> str | None:
    """The principal, from the names OpenTelemetry has for it."""
    return first_text(attributes, _ACTORS)


def first_text(attributes: Attributes, keys: tuple[str, ...], longest: int = 512) -> str | None:
    """The first attribute of these that is non-empty text, cut to ``longest`` characters."""
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value[:longest]
    return None
