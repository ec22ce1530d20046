from __future__ import annotations

from pullcord.intake.formats.generic import MESSAGE, from_object, from_text
from tests.intake.formats.helpers import NOW, origin


def test_any_object() -> None:
    found = from_object(
        {"msg": "x", "user": "op1", "src_ip": "10.0.0.1", "deep": {"a": [1]}}, origin(host="h", time=5)
    )
    assert (found.time, found.asset, found.actor) == (5, "h", "op1")
    assert found.attributes["source.address"] == "10.0.0.1"
    assert found.attributes["deep.a"] == [1]
    assert found.logsource.product is None


def test_what_is_about_ai_is_recognised() -> None:
    found = from_object({"gen_ai.tool.name": "x", "gen_ai.agent.name": "copilot"}, origin(host="h"))
    assert (found.logsource.product, found.logsource.category, found.asset) == ("ai", "tool", "copilot")


def test_text() -> None:
    found = from_text("link down", origin(host="plc-gw", service="app"))
    assert (found.attributes[MESSAGE], found.time, found.logsource.service) == ("link down", NOW, "app")


def test_the_same_words_later_are_another_event_unless_the_sender_says_when() -> None:
    one, later = origin(), origin()
    moved = later._replace(ctx=later.ctx.__class__(received=NOW + 1))
    assert from_text("x", one).id == from_text("x", origin()).id
    assert from_text("x", one).id != from_text("x", moved).id
    assert from_text("x", origin(time=5)).id == from_text("x", moved._replace(time=5)).id


def test_long_text_is_cut_and_counted() -> None:
    where = origin()
    assert len(str(from_text("x" * 100_000, where).attributes[MESSAGE])) == 1 << 16
    assert where.ctx.counters.truncated == 1
