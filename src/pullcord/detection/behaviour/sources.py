"""Which tools bring text that somebody outside may have written, and which store text for later sessions."""

from __future__ import annotations

from functools import lru_cache

from pullcord.analysis.tools import Effect, tool, words_of
from pullcord.model.event import Event

# Things that people outside can write into, or put where an agent will find them.
_OUTSIDE = words_of(
    "web webpage webpages website websites page pages url link links site http html browser browse crawl scrape rss "
    "feed news internet google bing wiki "
    "mail mails email emails inbox message messages chat channel channels thread sms comment comments reply review "
    "reviews post posts issue issues ticket tickets pull request requests "
    "file files document documents doc docs pdf attachment attachments drive folder sharepoint upload uploads "
    "transcript note notes retrieve retrieval retriever rag knowledge manual manuals invoice invoices order orders "
    "calendar event events contact contacts"
)
_STORES = words_of(
    "memory memories remember memorize memorise vector vectors vectorstore embedding embeddings rag knowledge index "
    "upsert"
)
_STORING = words_of(
    "save store write add insert put upsert update remember memorize memorise index append create set"
)
MEMORY_WRITES = frozenset({"create_memory", "update_memory", "upsert_memory"})
"""Values of ``gen_ai.operation.name`` in the OpenTelemetry GenAI conventions."""
UNTRUSTED = frozenset({"untrusted", "attacker-writable"})
"""Words of ``ai.content.trust`` and ``ai.memory.source.trust``."""
_WRITES = frozenset({"write", "update", "upsert", "insert", "create", "add", "put", "import"})
_VECTOR_STORES = frozenset(
    {"pinecone", "qdrant", "milvus", "weaviate", "chroma", "chromadb", "pgvector", "lancedb", "marqo"}
)


TRIGGERS = ("ai.memory.operation", "db.operation.name", "db.operation")
"""Attributes without which only a tool's name or the operation can tell a write to a memory."""


@lru_cache(maxsize=4_096)
def _untrusted(name: str) -> bool:
    read = tool(name)
    return read.effect is not Effect.WRITE and bool(_OUTSIDE & set(read.words))


@lru_cache(maxsize=4_096)
def _storing(name: str) -> bool:
    words = set(tool(name).words)
    return bool(_STORES & words) and bool(_STORING & words)


def brings_untrusted(name: str, operation: object = None) -> bool:
    """Whether a tool, by its name, brings text from where outsiders can write; so does any retrieval."""
    return operation == "retrieval" or _untrusted(name[:200])


def may_store(name: str | None, operation: object) -> bool:
    """Whether a tool's name or the operation alone says that an event writes to a memory."""
    return (name is not None and _storing(name[:200])) or operation in MEMORY_WRITES


def stores(event: Event) -> str | None:
    """The memory or vector store that an event writes to, or None if it is no such write."""
    attributes = event.attributes
    get = attributes.get
    name, operation = get("gen_ai.tool.name"), get("gen_ai.operation.name")
    name = name if isinstance(name, str) else None
    written = may_store(name, operation if isinstance(operation, str) else None)
    if not written and "ai.memory.operation" in attributes:
        kept = get("ai.memory.operation")
        written = isinstance(kept, str) and kept.casefold() in _WRITES
    if not written and ("db.operation.name" in attributes or "db.operation" in attributes):
        system = get("db.system.name") or get("db.system")
        action = get("db.operation.name") or get("db.operation")
        written = (
            isinstance(system, str)
            and isinstance(action, str)
            and system.casefold() in _VECTOR_STORES
            and action.casefold() in _WRITES
        )
    if not written:
        return None
    for key in ("gen_ai.memory.store.id", "ai.memory.store", "db.collection.name", "gen_ai.data_source.id"):
        value = get(key)
        if isinstance(value, str) and value:
            return value[:200]
    return name[:200] if name else "memory"
