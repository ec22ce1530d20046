"""A small tool gateway as docs/reference/responders.md describes one: own code, the policy text of that page."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cedarpy

from tests.responders.build import serving

PAGE = Path(__file__).parents[2] / "docs/reference/responders.md"


def policy() -> str:
    """The policy text of the documentation."""
    found = re.search(r"```cedar\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def values(text: str) -> Iterator[str]:
    """The text, each word of it, and host and domains above it of each word that is an address or link."""
    yield folded(text)
    for word in folded(text).split():
        yield word
        labels = (
            re.sub(r"^[a-z]+://", "", word).rpartition("@")[2].partition("/")[0].partition(":")[0].split(".")
        )
        yield from (".".join(labels[start:]) for start in range(len(labels) - 1))


def allowed(file: Path, agent: str, tool: str, arguments: dict[str, str]) -> bool:
    """Decide one call by the file as it is now."""
    entries = json.loads(file.read_bytes())["denials"]
    tools = [entry for entry in entries if entry["kind"] in {"restrict_tools", "tighten_tool_policy"}]
    denied = {
        "agents": [
            folded(name) for entry in entries if entry["kind"] == "disable_agent" for name in entry["agents"]
        ],
        "agent_tools": [
            {"agent": folded(name), "tool": folded(one)}
            for entry in tools
            for name in entry["agents"]
            for one in entry["tools"]
        ],
        "destinations": [
            folded(place)
            for entry in entries
            if entry["kind"] == "block_destination"
            for place in entry["destinations"]
        ],
    }
    request = {
        "principal": 'Agent::"caller"',
        "action": 'Action::"call"',
        "resource": 'Tool::"any"',
        "context": {
            "agent": folded(agent),
            "tool": folded(tool),
            "values": sorted({value for text in arguments.values() for value in values(text)}),
            "denied": denied,
        },
    }
    return cedarpy.is_authorized(request, policy(), []).decision == cedarpy.Decision.Allow


@contextmanager
def gateway(file: Path) -> Iterator[str]:
    """The gateway's dry run over HTTP; yields its address."""

    def answer(body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body)
        assert asked["dry_run"] is True
        told = allowed(file, asked["agent"], asked["tool"], asked["arguments"])
        return 200, json.dumps({"allowed": told}).encode()

    with serving(answer) as url:
        yield url
