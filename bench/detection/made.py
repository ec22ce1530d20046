"""Rules and events of our own making for the measurements, the same for every engine; seeded.

Events are those of an AI gateway in a plant: 45 % chat, 30 % tool calls, 17 % vision scores, 8 % writes to OT, about
1.6 kB each; about 1 % carry a text that a rule looks for. Of the rules 60 % look for texts (contains, all, endswith,
regular expressions), 40 % for numbers, equal values and networks.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import orjson
import yaml

_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "tos",
    "va",
    "bri",
    "ul",
    "den",
    "sor",
    "pel",
    "ni",
    "gra",
    "fu",
    "tem",
    "osh",
)
_MESSAGES = "gen_ai.input.messages"
_ARGUMENTS = "gen_ai.tool.call.arguments"
_SHARE = 0.013
"""Of the chats and tool calls that carry a text that a rule looks for; about 1 % of all events."""
_TOOLS = [f"tool_{number}" for number in range(40)]


def words(chance: random.Random, count: int) -> str:
    """Text that means nothing and holds no needle."""
    return " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))


def needle(number: int) -> str:
    """What rule ``number`` looks for."""
    return f"directive {number:05} override"


def rules(count: int) -> Iterator[tuple[str, bytes]]:
    """``(path, YAML)`` of so many rules."""
    chance = random.Random(count)
    for number in range(count):
        category, search = _search(number, chance)
        rule = {
            "title": f"Made rule {number}",
            "id": f"00000000-0000-4000-8000-{number:012}",
            "level": "medium",
            "logsource": {"product": "ai", "category": category},
            "detection": {"selection": search, "condition": "selection"},
        }
        yield f"{number:05}.yml", yaml.safe_dump(rule).encode()


def _search(number: int, chance: random.Random) -> tuple[str, dict[str, object]]:  # noqa: PLR0911  (one for each kind)
    text = needle(number)
    field, category = chance.choice([(_MESSAGES, "llm"), (_ARGUMENTS, "tool")])
    match number % 10:
        case 0 | 1:
            return category, {f"{field}|contains": [text, f"second {text}"]}
        case 2:
            return category, {f"{field}|contains|all": [text, f"{number:05} over"]}
        case 3:
            return category, {f"{field}|endswith": text}
        case 4:
            return category, {f"{field}|re|i": f"directive\\s+{number:05}\\s+over.{{0,9}}ride"}
        case 5:
            return category, {f"{field}|contains": f"{text} now", "gen_ai.request.model|startswith": "model-"}
        case 6:
            return "vision", {
                "vision.score|lt": 0.0002 * (1 + number % 7),
                "vision.camera": f"cam-{number % 60}",
            }
        case 7:
            return "ot", {"ot.value|gt": 995 + number % 900, "ot.tag|endswith": f".sp{number % 50}"}
        case 8:
            return "tool", {"gen_ai.tool.name": f"tool_{40 + number % 3_000}"}
        case _:
            return "llm", {
                "gen_ai.usage.output_tokens|gte": 8_150 + number,
                "client.address|cidr": "10.77.0.0/16",
            }


def events(count: int, rules_made: int) -> Iterator[bytes]:
    """So many native events, one JSON line each."""
    chance = random.Random(7)
    texts = _texts(rules_made)
    for number in range(count):
        kind = chance.choices(["llm", "tool", "vision", "ot"], [45, 30, 17, 8])[0]
        wanted = texts.get(kind)
        hit = needle(chance.choice(wanted)) if wanted and chance.random() < _SHARE else ""
        yield orjson.dumps(
            {
                "id": f"e{number}",
                "time": f"2026-03-01T08:{number // 60 % 60:02}:{number % 60:02}.{number % 1_000:03}Z",
                "logsource": {"product": "ai", "category": kind, "service": "gateway"},
                "asset": f"cell-{number % 30}",
                "actor": f"agent-{number % 12}",
                "attributes": {**_common(chance), **_attributes(kind, hit, chance)},
            }
        )


def _texts(count: int) -> dict[str, list[int]]:
    """The rules that look for texts, by the category of the events they serve."""
    found: dict[str, list[int]] = {}
    chance = random.Random(count)
    for number in range(count):
        category, search = _search(number, chance)
        if any(needle(number) in str(value) for value in search.values()):
            found.setdefault(category, []).append(number)
    return found


def _common(chance: random.Random) -> dict[str, object]:
    return {
        "service.name": "gateway",
        "host.name": f"gw-{chance.randrange(4)}",
        "client.address": f"10.{chance.randrange(90)}.{chance.randrange(256)}.{chance.randrange(256)}",
        "gen_ai.request.model": f"model-{chance.randrange(5)}",
        "gen_ai.agent.name": f"agent-{chance.randrange(12)}",
        "gen_ai.conversation.id": f"{chance.getrandbits(64):016x}",
        "otel.duration_ns": chance.randrange(10_000_000_000),
    }


def _attributes(kind: str, hit: str, chance: random.Random) -> dict[str, object]:
    if kind == "llm":
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": chance.randrange(4_000),
            "gen_ai.usage.output_tokens": chance.randrange(8_192),
            _MESSAGES: orjson.dumps([{"role": "user", "content": f"{words(chance, 190)} {hit}"}]).decode(),
        }
    if kind == "tool":
        return {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": chance.choice(_TOOLS),
            _ARGUMENTS: f"{words(chance, 180)} {hit}".strip(),
        }
    if kind == "vision":
        return {
            "vision.camera": f"cam-{chance.randrange(60)}",
            "vision.score": chance.random(),
            "note": words(chance, 170),
        }
    return {
        "ot.tag": f"line.sp{chance.randrange(50)}",
        "ot.value": chance.randrange(1_000),
        "note": words(chance, 170),
    }
