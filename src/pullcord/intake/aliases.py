"""Old and foreign attribute names → the names of the OpenTelemetry GenAI conventions.

Sources: the changelog of https://github.com/open-telemetry/semantic-conventions-genai, OpenInference
(https://arize-ai.github.io/openinference/spec), OpenLLMetry's ``SpanAttributes``, the telemetry of the Vercel AI
SDK, Pydantic AI and Google ADK. Raise ``VERSION`` with every change of a table.
"""

from __future__ import annotations

from pullcord.intake.context import Counters
from pullcord.model.event import Value

VERSION = 1

OPERATION = "gen_ai.operation.name"
TOOL = "gen_ai.tool.name"
_ARGUMENTS, _RESULT = "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"
_INPUT, _OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"

RENAMES: dict[str, str] = {
    # Earlier OpenTelemetry GenAI names.
    "gen_ai.system": "gen_ai.provider.name",
    "gen_ai.workflow.name": "gen_ai.agent.name",
    "gen_ai.usage.prompt_tokens": "gen_ai.usage.input_tokens",
    "gen_ai.usage.completion_tokens": "gen_ai.usage.output_tokens",
    "gen_ai.prompt": _INPUT,
    "gen_ai.completion": _OUTPUT,
    "gen_ai.openai.request.seed": "gen_ai.request.seed",
    "gen_ai.openai.request.response_format": "gen_ai.output.type",
    "gen_ai.tool.call.name": TOOL,
    "gen_ai.tool.arguments": _ARGUMENTS,
    "gen_ai.tool.result": _RESULT,
    "mcp.tool.name": TOOL,
    "mcp.method": "mcp.method.name",
    # OpenInference.
    "llm.model_name": "gen_ai.request.model",
    "llm.system": "gen_ai.provider.name",
    "llm.provider": "gen_ai.provider.name",
    "llm.token_count.prompt": "gen_ai.usage.input_tokens",
    "llm.token_count.completion": "gen_ai.usage.output_tokens",
    "tool_call.id": "gen_ai.tool.call.id",
    "tool_call.function.name": TOOL,
    "tool_call.function.arguments": _ARGUMENTS,
    # OpenLLMetry.
    "llm.vendor": "gen_ai.provider.name",
    "llm.request.model": "gen_ai.request.model",
    "llm.response.model": "gen_ai.response.model",
    "llm.usage.prompt_tokens": "gen_ai.usage.input_tokens",
    "llm.usage.completion_tokens": "gen_ai.usage.output_tokens",
    "traceloop.workflow.name": "gen_ai.agent.name",
    "traceloop.association.properties.session_id": "gen_ai.conversation.id",
    "traceloop.association.properties.user_id": "user.id",
    # Vercel AI SDK.
    "ai.toolCall.name": TOOL,
    "ai.toolCall.id": "gen_ai.tool.call.id",
    "ai.toolCall.args": _ARGUMENTS,
    "ai.toolCall.result": _RESULT,
    "ai.model.provider": "gen_ai.provider.name",
    "ai.prompt.messages": _INPUT,
    "ai.response.text": _OUTPUT,
    # Google ADK.
    "gcp.vertex.agent.tool_call_args": _ARGUMENTS,
    "gcp.vertex.agent.tool_response": _RESULT,
}
"""Names that mean one thing wherever they stand."""

OPERATIONS: dict[str, dict[str, str]] = {
    "openinference.span.kind": {
        "LLM": "chat",
        "TOOL": "execute_tool",
        "AGENT": "invoke_agent",
        "EMBEDDING": "embeddings",
        "RETRIEVER": "retrieval",
    },
    "traceloop.span.kind": {"tool": "execute_tool", "agent": "invoke_agent", "workflow": "invoke_workflow"},
    "llm.request.type": {"chat": "chat", "completion": "text_completion", "embedding": "embeddings"},
    "ai.operationId": {
        "ai.toolCall": "execute_tool",
        "ai.generateText": "invoke_agent",
        "ai.streamText": "invoke_agent",
        "ai.generateText.doGenerate": "chat",
        "ai.streamText.doStream": "chat",
    },
}
"""Attributes whose value tells the operation; they stay, and set ``gen_ai.operation.name`` if it is absent."""

BY_OPERATION: dict[str, dict[str, str]] = {
    "execute_tool": {
        "tool.name": TOOL,
        "tool.parameters": _ARGUMENTS,
        "tool.id": "gen_ai.tool.call.id",
        "tool.description": "gen_ai.tool.description",
        "tool_arguments": _ARGUMENTS,
        "tool_response": _RESULT,
        "input.value": _ARGUMENTS,
        "output.value": _RESULT,
        "traceloop.entity.name": TOOL,
        "traceloop.entity.input": _ARGUMENTS,
        "traceloop.entity.output": _RESULT,
        "session.id": "gen_ai.conversation.id",
    },
    "invoke_agent": {
        "agent.name": "gen_ai.agent.name",
        "graph.node.id": "gen_ai.agent.name",
        "traceloop.entity.name": "gen_ai.agent.name",
        "session.id": "gen_ai.conversation.id",
    },
    "invoke_workflow": {"traceloop.entity.name": "gen_ai.agent.name", "session.id": "gen_ai.conversation.id"},
    "chat": {"input.value": _INPUT, "output.value": _OUTPUT, "session.id": "gen_ai.conversation.id"},
}
"""Names too general to be moved elsewhere than on a span of this operation."""

_RENAMED = frozenset(RENAMES)
_CONTEXTUAL = frozenset(name for names in BY_OPERATION.values() for name in names)
_CHAT_SIGNS = (_INPUT, _OUTPUT, "gen_ai.request.model", "gen_ai.response.model")


def rename(attributes: dict[str, Value], counters: Counters) -> None:
    """Move old names to present ones, in place. A present name that is there already wins; the old one stays."""
    if not _RENAMED.isdisjoint(attributes):
        for old, new in RENAMES.items():
            _move(attributes, old, new, counters)
    _set_operation(attributes)
    if not _CONTEXTUAL.isdisjoint(attributes):
        for old, new in BY_OPERATION.get(str(attributes.get(OPERATION)), {}).items():
            _move(attributes, old, new, counters)


def _move(attributes: dict[str, Value], old: str, new: str, counters: Counters) -> None:
    if old in attributes and new not in attributes:
        attributes[new] = attributes.pop(old)
        counters.renamed += 1


def _set_operation(attributes: dict[str, Value]) -> None:
    if OPERATION in attributes:
        return
    for name, operations in OPERATIONS.items():
        value = attributes.get(name)
        if isinstance(value, str) and value in operations:
            attributes[OPERATION] = operations[value]
            return
    # Without any marker the content tells: only tool spans carry a tool's name, only model calls a model.
    if TOOL in attributes:
        attributes[OPERATION] = "execute_tool"
    elif any(name in attributes for name in _CHAT_SIGNS) and "gen_ai.agent.name" not in attributes:
        attributes[OPERATION] = "chat"
