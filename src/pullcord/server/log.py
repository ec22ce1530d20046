"""The log of the server: one JSON object per line on stderr. What others wrote is escaped; tokens never get here."""

from __future__ import annotations

import json
import logging
import sys

from pullcord.model.times import to_rfc3339

_LONGEST = 4_000


class JsonFormatter(logging.Formatter):
    """Writes ``{"time", "level", "logger", "message", …}``, ASCII only: no control characters reach a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": to_rfc3339(int(record.created * 1_000) * 1_000_000),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:_LONGEST],
        }
        request = record.__dict__.get("request")
        if isinstance(request, dict):
            line["request"] = request
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)[-_LONGEST:]
        return json.dumps(line, ensure_ascii=True, default=str)


def log_to_stderr(level: int = logging.INFO) -> logging.Handler:
    """Send all logs of this process to stderr; returns the handler, to be removed again."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return handler
