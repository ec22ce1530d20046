from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from pullcord.app import investigate as module
from pullcord.app.inputs import Inputs
from pullcord.app.investigate import explain, ranker, read_small, to_line
from pullcord.investigation.weights import WeightsError
from pullcord.model.errors import UsageError
from pullcord.model.explanation import Explanation, Verdict
from tests.app.build import made_up_weights
from tests.recordings.morning import lines
from tests.response.build import Ticking


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.json"
    path.write_bytes(made_up_weights())
    return path


def explained(weights: Path, *paths: Path) -> list[Explanation]:
    return list(explain(Inputs(paths, Ticking(), _refuse), ranker(weights, None)))


def _refuse(line: str) -> None:
    raise AssertionError(line)


def spans() -> list[str]:
    """The recorded sessions, one line per span."""
    found = []
    for line in lines():
        for resource in json.loads(line).get("resourceSpans", ()):
            (scope,) = resource["scopeSpans"]
            head = {"resource": resource["resource"]}
            found += [
                json.dumps({"resourceSpans": [head | {"scopeSpans": [scope | {"spans": [span]}]}]})
                for span in scope["spans"]
            ]
    return found


def test_one_explanation_per_trace_whatever_the_order_and_the_file(weights: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.ndjson"
    whole.write_text("\n".join(line for line in lines() if "resourceSpans" in line), encoding="utf-8")
    parts = [tmp_path / f"part{number}.ndjson" for number in range(3)]
    for number, part in enumerate(parts):
        part.write_text("\n".join(spans()[::-1][number::3]), encoding="utf-8")
    expected = {one.trace_id: one for one in explained(weights, whole)}
    found = explained(weights, *parts)
    assert len(found) == len(expected) == 14
    assert {one.trace_id: one for one in found} == expected


def test_a_line_holds_what_is_promised(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "whole.ndjson"
    path.write_text("\n".join(line for line in lines() if "resourceSpans" in line), encoding="utf-8")
    for one in explained(weights, path):
        line = json.loads(msgspec.json.encode(to_line(one)))
        assert line["verdict"] in {verdict.value for verdict in Verdict}
        assert 0 <= line["score"] <= 1
        for name in ("origin", "actions"):
            assert 1 <= len(line[name]) <= 3
            assert all(set(item) == {"span_id", "confidence"} for item in line[name])
        assert line["joint_confidence"] <= line["origin"][0]["confidence"]


def test_without_a_joint_confidence_the_line_has_none() -> None:
    bare = Explanation(trace_id="t", verdict=Verdict.CANNOT_TELL, score=0.5, missing=("all",))
    line = to_line(bare)
    assert "joint_confidence" not in line
    assert (line["origin"], line["actions"], line["missing"]) == ([], [], ["all"])


def test_a_named_file_is_bounded_and_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.json"
    with pytest.raises(UsageError, match="cannot be read"):
        read_small(path, "weights")
    path.write_bytes(b"12345")
    assert read_small(path, "weights") == b"12345"
    monkeypatch.setattr(module, "_MOST_WEIGHTS", 4)
    with pytest.raises(UsageError, match="larger than 4 bytes"):
        read_small(path, "weights")


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b"null", b"\xff"])
def test_broken_weights_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "w.json"
    path.write_bytes(data)
    with pytest.raises(WeightsError):
        ranker(path, None)
