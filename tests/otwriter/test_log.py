from __future__ import annotations

import json
import logging

import pytest

from pullcord.otwriter.log import capture_library, log


def test_a_line_is_one_json_object_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    log("answer", key="a\nb", detail="x" * 2_000, count=3)
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    found = json.loads(line)
    assert (found["event"], found["level"], found["key"], found["count"]) == ("answer", "info", "a\nb", 3)
    assert len(found["detail"]) == 500
    assert found["time"].endswith("Z")


def test_errors_of_the_library_become_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        capture_library()
        logging.getLogger("asyncua.x").error("packet %s", 1)
        logging.getLogger("asyncua.x").warning("chatter")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["source"], line["detail"]) for line in lines] == [
        ("library", "asyncua.x", "packet 1")
    ]
