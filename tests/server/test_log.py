from __future__ import annotations

import json
import logging

import pytest

from pullcord.server.log import JsonFormatter, log_to_stderr


def test_a_line_is_json_and_harmless_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.level
    handler = log_to_stderr()
    try:
        logging.getLogger("pullcord.test").warning(
            "refused", extra={"request": {"path": "/\x1b[2J\u202e\n{}", "status": 401}}
        )
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    text = capsys.readouterr().err
    assert text.isascii()
    assert text.count("\n") == 1
    assert text.strip().isprintable()
    line = json.loads(text)
    assert line["request"] == {"path": "/\x1b[2J\u202e\n{}", "status": 401}
    assert (line["level"], line["logger"], line["message"]) == ("warning", "pullcord.test", "refused")
    assert line["time"].endswith("Z")


def test_an_exception_is_kept_in_one_line() -> None:
    error = RuntimeError("a\nb")
    info = (RuntimeError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed %s", ("y" * 9_000,), info)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    assert "RuntimeError: a\nb" in json.loads(text)["trace"]
    assert len(json.loads(text)["message"]) == 4_000
