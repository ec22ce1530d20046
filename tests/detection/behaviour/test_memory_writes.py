from __future__ import annotations

from typing import Any

from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory_writes import FIRST, TAINTED, MemoryWrites
from pullcord.detection.behaviour.taint import Taints
from pullcord.model.finding import Severity
from tests.detection.behaviour.events import call, event


def made() -> tuple[MemoryWrites, Taints]:
    taints = Taints(Limits())
    return MemoryWrites(Limits(), taints), taints


def test_a_write_after_untrusted_content_is_told_once_per_agent_and_store() -> None:
    writes, taints = made()
    taints.mark(call(1, 0, "read_inbox"), "read_inbox")
    found = writes.look(call(2, 0, "save_memory"), "copilot")
    assert found is not None
    assert (found.rule_id, found.severity, found.event_ids) == (TAINTED.id, Severity.LOW, ("e1", "e2"))
    assert found.reasons[1].endswith("content that outsiders can write, with “read_inbox”.")
    assert found.reasons[-1].startswith("What it wrote was not recorded")
    assert writes.look(call(3, 0, "save_memory"), "copilot") is None
    assert writes.look(call(4, 0, "save_memory"), "other") is not None


def test_a_source_marked_untrusted_is_told_each_time_within_a_days_bound() -> None:
    writes, _ = made()
    one: dict[str, Any] = {"ai__memory__operation": "write", "ai__memory__source__trust": "untrusted"}
    found = [writes.look(event(n, category="agent", **one), "copilot") for n in range(6)]
    assert [told.severity for told in found if told] == [Severity.MEDIUM] * 3
    assert writes.habits.hushed == 3


def test_content_that_was_recorded_is_left_to_the_session() -> None:
    writes, taints = made()
    taints.mark(call(1, 0, "read_inbox"), "read_inbox")
    found = writes.look(call(2, 0, "save_memory", {"text": "x"}), "copilot")
    assert found is not None
    assert "examination of the session" in found.reasons[-1]


def test_a_new_writer_of_a_known_store_is_told() -> None:
    writes, _ = made()
    one: dict[str, Any] = {"gen_ai__operation__name": "upsert_memory", "gen_ai__memory__store__id": "notes"}
    for number in range(40):
        assert writes.look(event(number, number, **one), "keeper") is None
    found = writes.look(event(50, 50, **one), "stranger")
    assert found is not None
    assert (found.rule_id, found.severity) == (FIRST.id, Severity.LOW)
    assert "40 uses since 2026-05-28 knew 1 writers" in found.reasons[1]
    assert writes.look(event(51, 51, **one), "stranger") is None


def test_reads_and_clean_sessions_are_silent() -> None:
    writes, taints = made()
    assert writes.look(call(1, 0, "save_memory"), "copilot") is None
    taints.mark(call(2, 0, "read_inbox"), "read_inbox")
    assert writes.look(call(3, 0, "search_memory"), "copilot") is None
