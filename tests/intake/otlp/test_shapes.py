from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake import genai
from pullcord.intake.aliases import BY_OPERATION, OPERATION, OPERATIONS, RENAMES, rename
from pullcord.intake.context import Counters
from pullcord.intake.otlp import shapes
from pullcord.intake.otlp.shapes import shape
from pullcord.model.event import LogSource, Value

NAMES = st.sampled_from(
    [
        *RENAMES,
        *RENAMES.values(),
        *OPERATIONS,
        *BY_OPERATION["execute_tool"],
        *genai.ACTORS,
        *genai.STATED,
        OPERATION,
        "service.name",
        "pullcord.site",
        "ot.value",
        "vision.label",
        "ai.rag.document.id",
        "http.route",
        "",
    ]
)
VALUES = st.sampled_from(["chat", "execute_tool", "TOOL", "x", ""]) | st.integers(0, 3)


@given(shared=st.dictionaries(NAMES, VALUES, max_size=4), own=st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_names_tell_is_what_a_closer_look_finds(shared: dict[str, Value], own: dict[str, Value]) -> None:
    found = shape(tuple(shared), tuple(own))
    closer = shared | own
    counters = Counters()
    rename(closer, counters)
    assert found.longest == max(map(len, own), default=0)
    if found.is_present:
        quick = shared | own
        if found.operation is not None:
            quick[OPERATION] = found.operation
        assert (quick, counters.renamed) == (closer, 0)
        assert found.logsource(quick) == genai.logsource(closer)
        assert genai.first_text(quick, found.actors) == genai.actor(closer)


@pytest.mark.parametrize(
    "names", [("gen_ai.prompt.0.content",), ("tool.name", OPERATION), ("llm.request.type",)]
)
def test_names_that_have_to_be_moved(names: tuple[str, ...]) -> None:
    assert not shape((), names).is_present
    assert not shape(names, ()).is_present


def test_the_same_log_source_is_the_same_object() -> None:
    names = ("service.name", OPERATION)
    found = [shape((), names).logsource({"service.name": "s", OPERATION: "chat"}) for _ in range(2)]
    assert found[0] is found[1]
    assert found[0] == LogSource(product="ai", category="llm", service="s")


def test_made_up_names_do_not_fill_the_memory() -> None:
    for number in range(5_000):
        found = shape((), (f"name.{number}", "service.name"))
        found.logsource({"service.name": f"service-{number}"})
    assert len(shapes._shapes) <= 2_048
    assert len(shapes._sources) <= 1_024
    before = len(shapes._shapes)
    assert shape((), ("x" * 10_000,)).longest == 10_000
    assert len(shapes._shapes) == before
