"""Windows events as Splunk's forwarder writes them without XML: ``Name=value`` lines, then ``Message=`` and text."""

from __future__ import annotations

import re

from pullcord.intake.errors import UnreadableRecordError

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63})=(.*)")
_MOST_LINES = 64
_NAMES = {
    "LogName": "Channel",
    "EventCode": "EventID",
    "ComputerName": "Computer",
    "SourceName": "SourceName",
    "RecordNumber": "EventRecordID",
    "TaskCategory": "Task",
    "OpCode": "Opcode",
}


def parse(text: str) -> dict[str, object]:
    """The fields of one event, under the names of the flat shape. The local time at its head names no zone.

    Raises:
        UnreadableRecordError: it has no ``EventCode`` and ``LogName``.
    """
    head, _, message = text.partition("\nMessage=")
    found: dict[str, object] = {}
    for line in head.splitlines()[:_MOST_LINES]:
        match = _LINE.fullmatch(line.strip())
        if match:
            found[_NAMES.get(match[1], match[1])] = match[2].strip()
    if "EventID" not in found or "Channel" not in found:
        raise UnreadableRecordError("no EventCode or LogName", "send the event as the forwarder renders it")
    if message:
        found["Message"] = message.strip()
    return found
