"""Models, data, packages, tool servers, knowledge and agents as they change in an orderly way."""

from __future__ import annotations

from bench.plant_days.days import HOUR, MINUTE, Day
from bench.plant_days.emit import Record, Stream, digest_of

_RETRAINED = {"paint-defects": (11, 32), "spindle-wear": (18,), "oven-control": (25,)}
"""Model → days on which a new version goes live, at 05:00."""
_DATA = {"paint-defects": "paint-images", "spindle-wear": "spindle-vibration", "oven-control": "oven-history"}
_SERVERS = {"erp-tools": 8, "manual-tools": 24, "mail-tools": 15}
"""Tool server → day on which a new version of it is rolled out."""
_TOOLS = {
    "erp-tools": ("read_stock", "list_orders", "move_order"),
    "manual-tools": ("search_manual", "read_ticket"),
    "mail-tools": ("search_mail", "read_mail", "send_mail"),
}
_AGENTS = {"erp-tools": "order-planner", "manual-tools": "fitter-copilot", "mail-tools": "mail-agent"}


def version(day: Day, model: str) -> str:
    """The version that is live on a day."""
    return str(3 + sum(day.number >= live for live in _RETRAINED[model]))


def changes(day: Day) -> list[Record]:
    """Everything that people or pipelines change on a day."""
    stream = Stream(day, "changes")
    for model, live in _RETRAINED.items():
        for one in live:
            if day.number == one - 1:
                _train(stream, model)
            if day.number == one:
                _promote(stream, model)
    for hour in (0, 6, 14, 22):
        _load(stream, hour)
    _servers(stream)
    _knowledge(stream)
    _packages(stream)
    _agents(stream)
    return stream.records


def _train(stream: Stream, model: str) -> None:
    """New labels come in, people approve the set, the pipeline trains at night."""
    day, data = stream.day, _DATA[model]
    digest = digest_of(f"{data}-{day.number}")
    about = {
        "ai.dataset.name": data,
        "ai.dataset.change.origin": "pipeline",
        "ai.dataset.change.approved": True,
    }
    grown = {
        **about,
        "ai.dataset.operation": "append",
        "ai.dataset.rows.added": 1840,
        "ai.dataset.source.trust": "trusted",
    }
    stream.ai(day.start + 11 * HOUR, "training", grown, asset="ml-host", actor="svc-ml-pipeline")
    relabelled = {**about, "ai.dataset.operation": "relabel", "ai.dataset.labels.changed_percent": 0.8}
    stream.ai(day.start + 13 * HOUR, "training", relabelled, asset="ml-host", actor="svc-ml-pipeline")
    started = {
        "ai.training.operation": "start",
        "ai.model.name": model,
        "ai.dataset.name": data,
        "ai.dataset.digest": digest,
        "ai.dataset.approved_digest": digest,
    }
    stream.ai(day.start + 22 * HOUR, "training", started, asset="ml-host", actor="svc-ml-pipeline")


def _registry(stream: Stream, time: int, model: str, operation: str, **more: object) -> None:
    day = stream.day
    digest = digest_of(f"{model}-{version(day, model)}")
    stream.ai(
        time,
        "model_registry",
        {
            "ai.model.name": model,
            "ai.model.version": version(day, model),
            "ai.model.operation": operation,
            "ai.model.artifact.format": "onnx",
            "ai.model.artifact.name": f"{model}.onnx",
            "ai.model.artifact.digest": digest,
            "ai.model.artifact.expected_digest": digest,
            "ai.model.artifact.signature": "valid",
            **more,
        },
        asset="ml-host",
        actor="svc-ml-pipeline",
    )


def _promote(stream: Stream, model: str) -> None:
    time = stream.day.start + 2 * HOUR
    made = {"ai.model.change.origin": "pipeline"}
    _registry(stream, time, model, "create_version", **made)
    checked = {"ai.model.evaluation.result": "passed", "ai.model.trigger_scan.result": "nothing_found"}
    _registry(stream, time + 90 * MINUTE, model, "transition_stage", **made, **checked)
    aliased = {**made, **checked, "ai.model.alias": "champion", "ai.model.environment": "production"}
    _registry(stream, time + 3 * HOUR, model, "set_alias", **aliased)


def _load(stream: Stream, hour: int) -> None:
    """Serving processes load their models when they start; notebooks load test versions."""
    time = stream.day.start + hour * HOUR + 5 * MINUTE
    for model in _RETRAINED:
        served = {
            "ai.model.change.origin": "server",
            "ai.model.environment": "production",
            "ai.model.load.safe_mode": True,
        }
        _registry(stream, time, model, "load", **served)
    if hour == 14 and stream.day.working:  # noqa: PLR2004 -- in the afternoon
        tried = {"ai.model.change.origin": "notebook", "ai.model.environment": "development"}
        _registry(stream, time, "spindle-wear", "download", **tried)
        _registry(stream, time + HOUR, "spindle-wear", "create_version", **tried)


def _servers(stream: Stream) -> None:
    """Agents list the tools of their servers every hour; new versions come with approval and new pins."""
    day = stream.day
    for server, updated in _SERVERS.items():
        release = "2.1.0" if day.number >= updated else "2.0.3"
        binary = digest_of(server + release)
        about = {
            "mcp.server.name": server,
            "mcp.server.version": release,
            "mcp.server.digest": binary,
            "mcp.server.pinned_digest": binary,
            "gen_ai.agent.name": _AGENTS[server],
        }
        if day.number == updated:
            change = {**about, "mcp.registry.action": "enable", "mcp.registry.change.approved": True}
            stream.ai(day.start + 1, "mcp", change, asset="agent-host", actor="svc-platform")
        for hour in range(24):
            time = day.start + hour * HOUR + 7 * MINUTE
            stream.ai(time, "mcp", {**about, "mcp.method.name": "initialize"}, asset="agent-host")
            for tool in _TOOLS[server]:
                text = f"{tool.replace('_', ' ')} of the plant." + (
                    " Now with paging." if release == "2.1.0" else ""
                )
                definition = {
                    "mcp.method.name": "tools/list",
                    "gen_ai.tool.name": tool,
                    "mcp.tool.description": text,
                    "mcp.tool.definition.digest": digest_of(text),
                    "mcp.tool.definition.pinned_digest": digest_of(text),
                }
                stream.ai(time + MINUTE // 60, "mcp", {**about, **definition}, asset="agent-host")


def _knowledge(stream: Stream) -> None:
    """Manuals come in by the pipeline, are searched, and are copied at night."""
    day, chance = stream.day, stream.chance
    index = {"gen_ai.data_source.id": "manuals"}
    copied = {
        **index,
        "ai.rag.operation": "snapshot",
        "ai.rag.change.origin": "backup",
        "ai.rag.documents.count": 4210,
    }
    stream.ai(day.start + 3 * HOUR, "rag", copied, asset="vector-host", actor="svc-backup")
    if day.working:
        for _ in range(chance.randint(1, 6)):
            new = {
                **index,
                "ai.rag.operation": "upsert",
                "ai.rag.change.origin": "pipeline",
                "ai.rag.document.id": f"doc-{stream.key()}",
                "ai.rag.document.source.trust": "trusted",
                "ai.rag.documents.count": chance.randint(1, 40),
            }
            time = day.start + int(chance.uniform(8, 16) * HOUR)
            stream.ai(time, "rag", new, asset="vector-host", actor="svc-manual-pipeline")
    for _ in range(120):
        hit = chance.choice((0.01, 0.02, 0.05, 0.08))
        found: dict[str, object] = {
            **index,
            "ai.rag.operation": "search",
            "ai.rag.top.document.id": f"doc-{chance.randrange(300)}",
        }
        found |= {"ai.rag.document.share": hit, "ai.rag.document.age_hours": chance.randrange(30, 9_000)}
        stream.ai(day.start + int(chance.uniform(5, 23) * HOUR), "rag", found, asset="fitter-copilot")


def _packages(stream: Stream) -> None:
    """Images are built on Tuesdays with the locked packages of the plant's own index; an advisory now and then."""
    day, chance = stream.day, stream.chance
    if day.weekday != 1:
        return
    for name in ("numpy", "onnxruntime", "pydantic", "httpx", "vision-runtime"):
        digest = digest_of(f"{name}-{day.number // 14}")
        built: dict[str, object] = {
            "ai.package.name": name,
            "ai.package.version": f"1.{day.number // 14}.0",
            "ai.package.kind": "package",
            "ai.package.operation": chance.choice(("install", "upgrade")),
            "ai.package.phase": "build",
            "ai.package.index": "packages.torvik-pumps.example",
            "ai.package.index.approved": True,
            "ai.package.digest": digest,
            "ai.package.expected_digest": digest,
            "ai.package.digest.result": "ok",
            "ai.package.change.approved": True,
        }
        if name == "pydantic" and day.number % 14 == 8:  # noqa: PLR2004 -- a date
            built["ai.package.advisory.kind"] = "vulnerability"
        stream.ai(day.start + 9 * HOUR, "supply_chain", built, asset="ml-host", actor="svc-build")


def _agents(stream: Stream) -> None:
    """Instructions and tools of agents change through the pipeline; agents remember what users prefer."""
    day, chance = stream.day, stream.chance
    rolled = {"ai.agent.config.change.approved": True, "ai.agent.config.change.origin": "pipeline"}
    if day.number in {6, 20, 27}:
        changed = {
            **rolled,
            "ai.agent.config.action": "update_instructions",
            "gen_ai.agent.name": "fitter-copilot",
        }
        stream.ai(day.start + 7 * HOUR, "agent", changed, asset="agent-host", actor="svc-platform")
    if day.number == 11:  # noqa: PLR2004 -- a date
        added = {**rolled, "ai.agent.config.action": "add_tool", "gen_ai.agent.name": "mail-agent"}
        added["gen_ai.tool.name"] = "translate_document"
        stream.ai(day.start + HOUR, "agent", added, asset="agent-host", actor="svc-platform")
    if day.working:
        for _ in range(chance.randint(3, 12)):
            kept = {
                "gen_ai.agent.name": "mail-agent",
                "ai.memory.operation": "write",
                "ai.memory.store": "mail-preferences",
                "ai.memory.scope": "user",
                "ai.memory.source.trust": "authenticated",
                "ai.memory.change.origin": "session",
            }
            stream.ai(day.start + int(chance.uniform(8, 17) * HOUR), "agent", kept, asset="mail-agent")
