from __future__ import annotations

from pullcord.intake.envelope import Draft
from pullcord.intake.otlp.assets import AssetFinder
from pullcord.model.event import LogSource

TOOL, OTHER = LogSource(product="ai", category="tool"), LogSource()


def draft(span: str, parent: str | None = None, trace: str = "t", **attributes: str) -> Draft:
    dotted = {
        key.replace("__", "\0").replace("_", ".").replace("\0", "_"): value
        for key, value in attributes.items()
    }
    return Draft(
        id=f"{trace}:{span}",
        time=0,
        attributes=dict(dotted),
        trace_id=trace,
        span_id=span,
        parent_span_id=parent,
    )


def test_own_names_in_order() -> None:
    spans = [draft("a", pullcord_asset="p", gen__ai_agent_name="g", service_name="s")]
    assert AssetFinder(spans).asset(spans[0], TOOL) == "p"
    spans = [draft("a", gen__ai_agent_name="g", service_name="s")]
    assert AssetFinder(spans).asset(spans[0], OTHER) == "g"
    assert AssetFinder([]).asset(draft("a", service_name="s"), OTHER) == "s"
    assert AssetFinder([]).asset(draft("a"), TOOL) is None


def test_nearest_agent_above() -> None:
    spans = [
        draft("root", gen__ai_agent_name="outer"),
        draft("inner", "root", gen__ai_agent_name="inner"),
        draft("step", "inner"),
        draft("call", "step", service_name="s"),
    ]
    finder = AssetFinder(spans)
    assert finder.asset(spans[3], TOOL) == "inner"
    assert finder.asset(spans[3], OTHER) == "s", "only what an agent does inherits"


def test_only_agent_of_the_trace() -> None:
    spans = [
        draft("a", gen__ai_agent_name="only"),
        draft("b", "gone"),
        draft("c", trace="u", service_name="s"),
    ]
    finder = AssetFinder(spans)
    assert finder.asset(spans[1], TOOL) == "only"
    assert finder.asset(spans[2], TOOL) == "s"
    two = AssetFinder([*spans, draft("d", gen__ai_agent_name="second")])
    assert two.asset(spans[1], TOOL) is None


def test_circles_end() -> None:
    spans = [draft("a", "b"), draft("b", "a")]
    assert AssetFinder(spans).asset(spans[0], TOOL) is None
