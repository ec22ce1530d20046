from __future__ import annotations

import json
from typing import Any

from pullcord.model.times import MILLISECOND
from tests.recordings.session import SessionWriter


def spans(line: str) -> list[dict[str, Any]]:
    (resource,) = json.loads(line)["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    return list(scope["spans"])


def written(name: str = "one") -> str:
    writer = SessionWriter(name=name, agent="a", start=1_000, user="look it up", system="help")
    return writer.call("search", {"q": "x"}, "found").answer("done").line()


def attributes(span: dict[str, Any]) -> dict[str, str]:
    return {item["key"]: item["value"]["stringValue"] for item in span["attributes"]}


def test_the_spans_are_one_tree_in_order_of_time_and_the_root_comes_last() -> None:
    *inner, root = spans(written())
    assert "parentSpanId" not in root
    assert {span["parentSpanId"] for span in inner} == {root["spanId"]}
    assert [span["name"] for span in inner] == ["chat demo-model", "execute_tool search", "chat demo-model"]
    starts = [int(span["startTimeUnixNano"]) for span in inner]
    assert starts == sorted(starts)
    assert starts[0] == 1_000 + 5 * MILLISECOND
    assert int(root["startTimeUnixNano"]) == 1_000
    assert all(int(root["endTimeUnixNano"]) >= int(span["endTimeUnixNano"]) for span in inner)


def test_the_model_sees_the_result_of_the_call_it_asked_for() -> None:
    first, tool, last, _ = (attributes(span) for span in spans(written()))
    (asked,) = json.loads(first["gen_ai.output.messages"])[0]["parts"]
    (seen,) = json.loads(last["gen_ai.input.messages"])[0]["parts"]
    assert asked["id"] == tool["gen_ai.tool.call.id"] == seen["id"]
    assert seen["response"] == tool["gen_ai.tool.call.result"] == "found"
    assert json.loads(tool["gen_ai.tool.call.arguments"]) == {"q": "x"}
    assert "gen_ai.system_instructions" in first
    assert "gen_ai.system_instructions" not in last


def test_ids_follow_the_name_alone() -> None:
    assert written() == written()
    ids = {span["spanId"] for name in ("one", "two") for span in spans(written(name))}
    assert len(ids) == 8
    assert all(len(one) == 16 for one in ids)
    assert len(spans(written())[0]["traceId"]) == 32
