"""Writes texts down as documents do: prose, lists, mails, records, tables, markup; so that form says nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

_NAMES = (
    "anna",
    "j.weber",
    "miguel",
    "kaya",
    "office",
    "planning",
    "tom.lee",
    "quality",
    "shop",
    "hr",
    "it",
    "emil",
    "s.nowak",
    "press",
)
_SUBJECTS = (
    "Update",
    "Re: visit",
    "Your order",
    "Reminder",
    "Minutes",
    "Question",
    "Plan for next week",
    "Invoice",
)
_KEYS = (
    ("id", "sender", "subject", "body", "timestamp", "read"),
    (
        "id",
        "sender",
        "recipients",
        "cc",
        "bcc",
        "subject",
        "body",
        "attachments",
        "status",
        "timestamp",
        "read",
    ),
    ("author", "text", "date"),
    ("title", "description", "start_time", "end_time", "location"),
    ("filename", "content", "owner", "last_modified", "size"),
    ("message", "channel", "user"),
    ("name", "review", "rating", "price"),
)


def rendered(parts: list[str], dice: random.Random) -> str:
    """The parts as one document, in one of several forms; each part stays whole."""
    form = dice.choice(("prose", *_FORMS, "yaml", "json", "repr"))
    return _FORMS[form](parts, dice) if form in _FORMS else _records(parts, form, dice)


def _mail(parts: list[str], dice: random.Random) -> str:
    head = f"From: {_address(dice)}\nTo: {_address(dice)}\nSubject: {_title(dice)}\n\n"
    return head + "\n".join(parts) + "\n\nBest regards"


def _table(parts: list[str], dice: random.Random) -> str:
    rows = [f"| {dice.randint(1, 99)} | {_time(dice)} | {part} |" for part in parts]
    return "\n".join(["| no | date | note |", "|---|---|---|", *rows])


def _markup(parts: list[str], _: random.Random) -> str:
    return "<html><body>" + "".join(f"<p class='x'>{part}</p>\n" for part in parts) + "</body></html>"


def _log(parts: list[str], dice: random.Random) -> str:
    return "\n".join(f"{_time(dice)} INFO {dice.choice(_NAMES)}: {part}" for part in parts)


def _headed(parts: list[str], dice: random.Random) -> str:
    return "\n\n".join(f"{dice.choice(('', '# ', '## '))}{_title(dice)}\n{part}" for part in parts)


_FORMS: dict[str, Callable[[list[str], random.Random], str]] = {
    "prose": lambda parts, _: " ".join(parts),
    "lines": lambda parts, _: "\n".join(parts),
    "paragraphs": lambda parts, _: "\n\n".join(parts),
    "headed": _headed,
    "list": lambda parts, _: "\n".join(f"- {part}" for part in parts),
    "numbered": lambda parts, _: "\n".join(f"{number}. {part}" for number, part in enumerate(parts, 1)),
    "mail": _mail,
    "html": _markup,
    "table": _table,
    "log": _log,
}


def _records(parts: list[str], form: str, dice: random.Random) -> str:
    keys = dice.choice(_KEYS)
    records = [{key: _value(key, part, dice) for key in keys} for part in parts]
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=dice.choice((None, 2)))
    if form == "repr":
        return repr(records)
    return "\n".join(
        "- " + "\n  ".join(f"{key}: {value}" for key, value in record.items()) for record in records
    )


def _value(key: str, part: str, dice: random.Random) -> str:
    if key in _TEXT:
        return part
    made = _MADE.get(key)
    return made(dice) if made else str(dice.randint(1, 900))


def _title(dice: random.Random) -> str:
    return dice.choice(_SUBJECTS)


def _address(dice: random.Random) -> str:
    return f"{dice.choice(_NAMES)}@{dice.choice(('plant', 'supplier', 'mail', 'office'))}.example"


def _time(dice: random.Random) -> str:
    day = f"2024-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
    return f"{day}T{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}:00"


_TEXT = frozenset({"body", "text", "description", "content", "message", "review"})
_MADE: dict[str, Callable[[random.Random], str]] = {
    **dict.fromkeys(("sender", "owner", "author", "user"), _address),
    **dict.fromkeys(("timestamp", "date", "start_time", "end_time", "last_modified"), _time),
    **dict.fromkeys(("subject", "title", "name"), _title),
    **dict.fromkeys(
        ("recipients", "cc", "bcc"), lambda dice: ", ".join(_address(dice) for _ in range(dice.randint(0, 2)))
    ),
    **dict.fromkeys(
        ("status", "read", "attachments"),
        lambda dice: dice.choice(("received", "sent", "true", "[]", "none")),
    ),
    "filename": lambda dice: f"{_title(dice).lower().replace(' ', '_')}.docx",
}
