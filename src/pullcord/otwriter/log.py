"""JSON lines to stderr: what was asked, and what came of it. No values but those of the protocol."""

from __future__ import annotations

import logging
import sys
import time

import msgspec

from pullcord.model.times import to_rfc3339

_LONGEST = 500


def log(event: str, level: str = "info", **fields: str | int) -> None:
    """One line; every text is cut to 500 characters, and line breaks in it are escaped by JSON."""
    cut = {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in fields.items()}
    line = {"time": to_rfc3339(time.time_ns()), "level": level, "event": event, **cut}
    sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
    sys.stderr.flush()


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        # Not getMessage() with its traceback: the library writes whole packets into it.
        log("library", record.levelname.lower(), source=record.name, detail=record.getMessage())


def capture_library() -> None:
    """Send the warnings of the OPC UA library through :func:`log`, so that stderr holds nothing but JSON lines."""
    root = logging.getLogger()
    root.handlers[:] = [_Lines()]
    root.setLevel(logging.ERROR)
