from __future__ import annotations

import time

from pullcord.intake.context import Context, Limits
from pullcord.intake.otlp.request import decode
from pullcord.intake.otlp.shared import Budget, Shared
from pullcord.model.event import Value
from tests.intake.requests import pairs, span, traces


def test_a_spent_budget_leaves_what_says_whose_it_is() -> None:
    ctx = Context(limits=Limits(max_spread=2_000))
    attributes: dict[str, Value] = {"service.name": "s" * 600, "blob": "x" * 200, "user.id": "ann"}
    shared = Shared(attributes, Budget(ctx), ctx)
    assert [shared.share().attributes is attributes for _ in range(4)] == [True, True, False, False]
    assert shared.share().attributes == {"service.name": "s" * 512, "user.id": "ann"}
    assert ctx.counters.dropped == 3


def test_a_budget_holds_for_all_of_a_request() -> None:
    budget = Budget(Context(limits=Limits(max_spread=10)))
    assert [budget.spend(4), budget.spend(4), budget.spend(4)] == [True, True, False]


def test_a_huge_resource_with_many_spans_costs_little() -> None:
    blob = pairs(service_name="s", blob="x" * 4_000_000)
    many = [span(spanId=f"{n + 1:016x}") for n in range(5_000)]
    start = time.process_time()
    found, _ = decode(traces(*many, resource=blob), Context())
    assert time.process_time() - start < 5
    assert len(found) == 5_000
    assert sum(len(event.text("blob") or "") for event in found) <= 64 * 1024 * 1024
    assert {event.asset for event in found} == {"s"}
