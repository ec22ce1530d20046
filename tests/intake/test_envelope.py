from __future__ import annotations

import msgspec

from pullcord.intake.context import Context, Limits
from pullcord.intake.envelope import Draft, seal
from pullcord.model.event import Event, LogSource, SourceTrust, Value


def sealed(attributes: dict[str, Value], ctx: Context) -> Event:
    return seal(Draft(id="a", time=1, attributes=attributes), LogSource(), "digest", ctx)


def test_what_intake_knows_is_added() -> None:
    ctx = Context(source="a.jsonl", received=9, trust=SourceTrust.AUTHENTICATED)
    event = sealed({"k": 1}, ctx)
    assert (event.source, event.received, event.trust) == ("a.jsonl", 9, SourceTrust.AUTHENTICATED)
    assert event.raw_digest == "digest"


def test_a_flood_of_names_does_not_push_out_the_conventions() -> None:
    ctx = Context(limits=Limits(max_attributes=5))
    flood: dict[str, Value] = {f"x{n}": n for n in range(20)}
    event = sealed(flood | {"gen_ai.tool.name": "send"}, ctx)
    assert len(event.attributes) == 5
    assert event.text("gen_ai.tool.name") == "send"
    assert ctx.counters.dropped == 16


def test_an_event_is_cut_to_its_bound_longest_value_first() -> None:
    ctx = Context(limits=Limits(max_event=2_000))
    event = sealed({"long": "\0" * 5_000, "list": ["y" * 10] * 300, "short": "kept"}, ctx)
    assert len(msgspec.json.encode(event.attributes)) <= 2_000
    assert event.text("short") == "kept"
    assert ctx.counters.truncated > 0


def test_long_but_allowed_values_stay_whole() -> None:
    ctx = Context(limits=Limits(max_event=2_000))
    assert sealed({"long": "x" * 1_500}, ctx).text("long") == "x" * 1_500
    assert ctx.counters.truncated == 0


def test_names_alone_cannot_break_the_bound() -> None:
    ctx = Context(limits=Limits(max_event=1_000))
    event = sealed({"k" * 400 + str(n): "xxxxxxxx" * 10 for n in range(9)}, ctx)
    assert len(msgspec.json.encode(event.attributes)) <= 1_000
