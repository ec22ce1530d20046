"""Made-up events of a plant for the tests of the streaming behaviour detectors."""

from __future__ import annotations

import json
from typing import Any

from pullcord.model.event import Event, LogSource, SourceTrust
from pullcord.model.times import HOUR

START = 1_780_000_000_000_000_000


def event(
    number: int,
    hours: float = 0.0,
    *,
    category: str = "tool",
    asset: str | None = "copilot",
    trace: str | None = "t1",
    actor: str | None = None,
    product: str = "ai",
    **attributes: Any,  # noqa: ANN401  (any value of an attribute)
) -> Event:
    """An event ``hours`` after the start; ``a__b`` in the name of an attribute stands for ``a.b``."""
    return Event(
        id=f"e{number}",
        time=START + int(hours * HOUR) + number,
        logsource=LogSource(product=product, category=category),
        attributes={name.replace("__", "."): value for name, value in attributes.items()},
        asset=asset,
        actor=actor,
        site="north",
        trace_id=trace,
        span_id=f"s{number}",
        trust=SourceTrust.AUTHENTICATED,
    )


def call(
    number: int,
    hours: float,
    name: str,
    arguments: dict[str, Any] | None = None,
    **more: Any,  # noqa: ANN401
) -> Event:
    """A tool call; without arguments, content was not recorded."""
    found: dict[str, Any] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    if arguments is not None:
        found["gen_ai.tool.call.arguments"] = json.dumps(arguments)
    return event(number, hours, **found, **more)


def chat(number: int, hours: float, **more: Any) -> Event:  # noqa: ANN401
    """A call of a model."""
    return event(number, hours, category="llm", gen_ai__operation__name="chat", **more)
