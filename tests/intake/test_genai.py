from __future__ import annotations

import pytest

from pullcord.intake.genai import actor, first_text, logsource
from pullcord.model.event import LogSource, Value


@pytest.mark.parametrize(
    ("attributes", "category"),
    [
        ({"gen_ai.operation.name": "execute_tool", "mcp.method.name": "tools/call"}, "tool"),
        ({"gen_ai.operation.name": "chat"}, "llm"),
        ({"gen_ai.operation.name": "text_completion"}, "llm"),
        ({"gen_ai.operation.name": "generate_content"}, "llm"),
        ({"gen_ai.operation.name": "invoke_agent"}, "agent"),
        ({"gen_ai.operation.name": "create_agent"}, "agent"),
        ({"gen_ai.operation.name": "something new"}, "llm"),
        ({"gen_ai.operation.name": "something new", "gen_ai.tool.name": "x"}, "tool"),
        ({"mcp.method.name": "tools/list"}, "mcp"),
        ({"ot.node": "x", "gen_ai.conversation.id": "y"}, "ot"),
        ({"vision.label": "ok"}, "vision"),
        ({"ai.model.name": "m"}, "model_registry"),
        ({"gen_ai.operation.name": "retrieval", "gen_ai.request.model": "m"}, "rag"),
        ({"ai.rag.document.id": "d", "gen_ai.conversation.id": "c"}, "rag"),
        ({"ai.memory.action": "write", "gen_ai.agent.name": "a"}, "agent"),
        ({"ai.agent.config.action": "update"}, "agent"),
        ({"ai.thread.id": "t"}, "agent"),
        ({"ai.dataset.name": "d", "ai.model.name": "m"}, "training"),
        ({"ai.training.run.id": "r"}, "training"),
        ({"ai.package.name": "p"}, "supply_chain"),
        ({"ai.prediction.score": 0.5, "ai.model.name": "m"}, "prediction"),
        ({"ai.advice.id": "a"}, "prediction"),
        ({"access.result": "denied", "gen_ai.request.model": "m"}, "access"),
        ({"egress.bytes": 5, "gen_ai.agent.name": "a"}, "egress"),
        ({"ai.destination.scope": "external"}, "egress"),
        ({"ai.guardrail.action": "blocked", "ai.model.name": "m"}, "llm"),
        ({"ai.feedback.verdict": "wrong"}, "llm"),
        ({"gen_ai.conversation.id": "c"}, "llm"),
    ],
)
def test_categories(attributes: dict[str, Value], category: str) -> None:
    assert logsource(attributes) == LogSource(product="ai", category=category)


def test_anything_else_has_no_product() -> None:
    assert logsource({"http.route": "/", "service.name": "shop"}) == LogSource(service="shop")


def test_a_stated_logsource_wins() -> None:
    stated: dict[str, Value] = {"pullcord.logsource.category": "access", "gen_ai.operation.name": "chat"}
    assert logsource(stated) == LogSource(product="ai", category="access")


def test_actor_in_order() -> None:
    assert actor({"user.id": "u", "enduser.id": "e"}) == "e"
    assert actor({"user.id": 5, "user.name": "n"}) == "n"
    assert actor({}) is None


def test_texts_are_cut() -> None:
    assert first_text({"a": "", "b": "x" * 600}, ("a", "b")) == "x" * 512
