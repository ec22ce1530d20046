"""Canary leak: a token that must never leave shows up in an answer, in arguments or on the way out.

Looked for as it is, reversed, split by separators, and in base64, base32, hexadecimal and percent encoding: text is
cut down to its ASCII letters and digits first, which undoes splitting and line breaks, and then searched once for
all forms. A token that a model paraphrases is not found.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import quote

from pullcord.analysis.values import normalise
from pullcord.detection.behaviour.firsts import Firsts
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import Rule, named, report, who
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

RULE = Rule(
    "pullcord.behaviour.canary-leak",
    "Canary leaves its place",
    "data-leakage",
    ("AML.T0057", "AML.T0086"),
)
PREFIX = "PULLCORD-CANARY-"
"""Always looked for in disguise; in plain the shipped rule finds it."""
OUTWARD = (
    "gen_ai.output.messages",
    "gen_ai.tool.call.arguments",
    "gen_ai.memory.records",
    "url.full",
    "url.query",
    "dns.question.name",
    "http.request.body.content",
    "server.address",
    "query",
    "cs-uri-query",
    "c-uri",
    "uri",
)
_CONTENT = frozenset(OUTWARD[:2])
_CONTENT_OF = ("chat", "text_completion", "generate_content", "execute_tool")
MAX_READ = 1_000_000
"""Characters of one text that are searched."""
MAX_CANARIES = 1_000
SHORTEST = 8
"""Letters and digits that a canary must have: a shorter one would be found by chance."""
_DFA_STATES = 40_000
_KEEP = (string.ascii_letters + string.digits).encode()
_DROP = bytes(set(range(256)) - set(_KEEP))
_LOWER = bytes(range(256)).lower()
_CODES = (("base64", base64.b64encode, 3), ("base32", base64.b32encode, 5))


def squeeze(text: str) -> bytes:
    """ASCII letters and digits of a text, in lower case."""
    return text.encode("utf-8", "replace").translate(_LOWER, _DROP)


def forms(canary: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name of the form, its letters and digits in lower case)."""
    plain = squeeze(canary)
    yield "split or plain", plain
    yield "reversed", plain[::-1]
    yield "percent encoding", squeeze(quote(canary, safe=""))
    for text in dict.fromkeys((canary, canary.lower(), canary.upper())):
        data = text.encode("utf-8", "replace")
        yield "hexadecimal", data.hex().encode()
        yield "escapes", "".join(f"u{ord(c):04x}" for c in text).encode()
        for name, encode, block in _CODES:
            for offset in range(block):
                yield name, squeeze(_inner(encode, data, offset, block).decode())


def _inner(encode: Callable[[bytes], bytes], data: bytes, offset: int, block: int) -> bytes:
    """The characters of an encoding that only the data decides, if ``offset`` bytes stand before it."""
    rest = -(offset + len(data)) % block
    whole = encode(b"\0" * offset + data + b"\0" * rest)
    per_byte = len(encode(b"\0" * block)) / block
    start = -int(-offset * per_byte // 1)
    return whole[start : int((offset + len(data)) * per_byte)]


class Canaries:
    """Looks for the canaries of a site.

    Attributes:
        firsts: in which forms an agent let go of each; bounds how often that is told.
        too_short: canaries that are not looked for because they have too few letters and digits.
        left_out: canaries beyond the first thousand.
        blind: model answers and tool calls whose content was not recorded.
        cut: texts of which only the beginning was searched.
    """

    def __init__(self, canaries: Iterable[str], limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.firsts = Firsts("canary", limits.agents, limits)
        given = list(dict.fromkeys(canaries))
        usable = [canary for canary in given if len(squeeze(canary)) >= SHORTEST]
        self.too_short = len(given) - len(usable)
        self.left_out = max(0, len(usable) - MAX_CANARIES)
        self.blind = self.cut = 0
        self._plain = [PREFIX, *usable[:MAX_CANARIES]]
        known: dict[bytes, tuple[int, str]] = {}
        for number, canary in enumerate(self._plain):
            for name, form in forms(canary):
                if len(form) >= SHORTEST:
                    known.setdefault(form, (number, name))
        self._forms = list(known.values())
        self._search = _searcher(list(known))

    def look(self, event: Event, agent: str | None, names: Iterable[str] = OUTWARD) -> Finding | None:
        """Whether one event carries a canary outward; ``names`` are those of ``OUTWARD`` that it has."""
        attributes = event.attributes
        seen = False
        for name in names:
            text = attributes.get(name)
            if isinstance(text, str):
                seen = seen or name in _CONTENT
                found = self._in(text)
                if found is not None:
                    return self._finding(event, agent, name, *found)
        if not seen and attributes.get("gen_ai.operation.name") in _CONTENT_OF:
            self.blind += 1
        return None

    def _in(self, text: str) -> tuple[int, str] | None:
        if len(text) > MAX_READ:
            self.cut += 1
            text = text[:MAX_READ]
        found = self._told(text, squeeze(text))
        if found is None and "\\" in text:
            # Within JSON a line break is a backslash and a letter, which would stay.
            joined = text.replace("\\n", "").replace("\\r", "").replace("\\t", "")
            found = self._told(text, squeeze(joined))
            if found is None and "\\u" in text:
                found = self._told(text, squeeze(normalise(text)))
        return found

    def _told(self, text: str, letters: bytes) -> tuple[int, str] | None:
        """Number of the canary and its form."""
        lower = None
        for place, _, _ in self._search(letters):
            number, form = self._forms[place]
            if form == "split or plain":
                lower = text.casefold() if lower is None else lower
                form = "plain text" if self._plain[number].casefold() in lower else "pieces"
                if number == 0 and form == "plain text":
                    continue
            return number, form
        return None

    def _finding(self, event: Event, agent: str | None, place: str, number: int, form: str) -> Finding | None:
        owner = key_of(event.site, agent, str(number))
        self.firsts.see(owner, form, event.time)
        if not self.firsts.may_tell(owner, event.time):
            return None
        # The token itself stays out: a finding is read by more people than a prompt.
        which = "A canary with the usual beginning" if number == 0 else f"Canary {number} of the site"
        reasons = (
            f"{which} stands in {place}, in {form}.",
            f"{who(agent)} sent it where no canary belongs: somebody read what it was planted in.",
        )
        return report(RULE, event, Severity.HIGH, reasons, entities=[("agent", named(event))])


def _searcher(patterns: list[bytes]) -> Callable[[bytes], list[tuple[int, int, int]]]:
    """A function from text to (number of a pattern, start, end) of what stands in it."""
    try:
        from ahocorasick_rs import BytesAhoCorasick, Implementation
    except ImportError:
        return lambda text: [(place, 0, 0) for place, pattern in enumerate(patterns) if pattern in text]
    # Three times as fast, at about 256 bytes a state: only while that stays small.
    small = sum(map(len, patterns)) <= _DFA_STATES
    machine = BytesAhoCorasick(patterns, implementation=Implementation.DFA if small else None)
    return partial(machine.find_matches_as_indexes, overlapping=True)
