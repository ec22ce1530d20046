from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.behaviour.sources import brings_untrusted, stores
from tests.detection.behaviour.events import call, event


@pytest.mark.parametrize(
    "name",
    ["read_inbox", "get_webpage", "searchDocuments", "list_tickets", "fetch_url", "retriever", "browser"],
)
def test_tools_that_bring_what_outsiders_wrote(name: str) -> None:
    assert brings_untrusted(name)


@pytest.mark.parametrize("name", ["send_mail", "get_temperature", "write_file", "create_ticket", ""])
def test_tools_that_do_not(name: str) -> None:
    assert not brings_untrusted(name)


def test_any_retrieval_does() -> None:
    assert brings_untrusted("", "retrieval")


@pytest.mark.parametrize(
    ("attributes", "store"),
    [
        ({"gen_ai__operation__name": "upsert_memory", "gen_ai__memory__store__id": "notes"}, "notes"),
        ({"ai__memory__operation": "write"}, "memory"),
        (
            {
                "db__system__name": "qdrant",
                "db__operation__name": "UPSERT",
                "db__collection__name": "manuals",
            },
            "manuals",
        ),
        ({"db__system": "milvus", "db__operation": "insert"}, "memory"),
        ({"gen_ai__tool__name": "save_memory"}, "save_memory"),
        ({"gen_ai__tool__name": "vector_store.upsert"}, "vector_store.upsert"),
    ],
)
def test_writes_to_memories_are_told_by_operation_database_or_name(
    attributes: dict[str, Any], store: str
) -> None:
    assert stores(event(1, **attributes)) == store


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai__operation__name": "search_memory"},
        {"ai__memory__operation": "read"},
        {"db__system__name": "postgresql", "db__operation__name": "INSERT"},
        {"db__operation__name": "upsert"},
        {"gen_ai__operation__name": "chat"},
        {"ai__memory__operation": 4},
    ],
)
def test_other_events_are_none(attributes: dict[str, Any]) -> None:
    assert stores(event(1, **attributes)) is None


def test_neither_are_other_tools() -> None:
    for name in ("search_memory", "create_work_order", "save_file"):
        assert stores(call(1, 0, name)) is None
