"""Turns texts into training examples: windows of words, each benign or an attack, weighted by source."""

from __future__ import annotations

import random
import zlib
from typing import NamedTuple

from bench.text_signal.compose import Grammar, grammars
from bench.text_signal.render import rendered
from bench.text_signal.sources import LANGUAGES, OWN_ROWS, Wheels, code, descriptions, manuals
from pullcord.detection.text.features import FLAG_NAMES, flag
from pullcord.detection.text.fold import fold
from pullcord.detection.text.lexicon import CONCEPTS
from pullcord.detection.text.tokens import Tokens, tokenise
from pullcord.detection.text.windows import windows

SEED = 20_240
_MOST_WINDOWS = 5
_PARAGRAPH = (80, 800)
_SMALL = 24
_HIDDEN_ATTACKS, _HIDDEN_BENIGN = 10, 100
"""One of so many texts is also shown as if something had been undone to read it: rarer among benign ones."""
_PER_FAMILY = 400
_INSIDE = ("indirect", "override", "hijack", "roletags", "more")
"""Families of attacks that are also put inside longer texts."""
PUBLIC = frozenset({"s-labs", "neuralchemy", "yanismiraoui"})
_TELLING = frozenset(
    {
        *(
            "override",
            "lift",
            "instruction",
            "rule",
            "config",
            "system",
            "ai",
            "persona",
            "free",
            "secret",
            "harm",
        ),
        *("mode", "mark", "code", "reveal"),
    }
)


class Text(NamedTuple):
    """A text to learn from. ``payload`` is the part that is the attack, if it is not the whole."""

    text: str
    attack: bool
    source: str
    payload: str = ""


class Example(NamedTuple):
    """A window of a text."""

    tokens: Tokens
    first: int
    end: int
    attack: bool
    source: str
    flags: tuple[int, ...] = ()


def texts(wheels: Wheels, leave_out: str = "") -> list[Text]:
    """All texts to train on, in a fixed order, without those of the source ``leave_out``."""
    found: list[Text] = []
    for split in ("train", "validation"):
        found += [Text(text, label == 1, "s-labs") for text, label in wheels.s_labs(split)]
        found += [
            Text(text, label == 1, "neuralchemy")
            for text, label, _, source in wheels.neuralchemy(split)
            if source in OWN_ROWS
        ]
    found += [Text(text, attack=True, source="yanismiraoui") for text in wheels.yanis()]
    plain = _interface(wheels)
    found += [
        Text(text, attack=False, source=f"interface-{lang}")
        for lang, lines in plain.items()
        for text in lines
    ]
    found += [Text(text, attack=False, source="manuals") for text in manuals()]
    dice = random.Random(SEED + 5)
    found += [Text(text, attack=False, source="code") for text in dice.sample(code(), 3500)]
    found += [Text(text, attack=False, source="descriptions") for text in descriptions()]
    own = grammars("train")
    found += [
        Text(text, name.startswith("attack"), f"own-{name}")
        for name, grammar in own.items()
        for family in grammar.families
        for text in grammar.texts(family, _PER_FAMILY, SEED)
    ]
    prose = [one.text for one in found if one.source == "s-labs" and not one.attack]
    found += _embedded(own, plain, prose)
    return [one for one in found if _clear(one) and not (leave_out and one.source.startswith(leave_out))]


def _clear(text: Text) -> bool:
    """Whether an attack of a public set names anything that attacks name.

    The sets call a tenth of their texts attacks that nobody could tell from a question; such labels only teach the
    model to suspect whoever speaks to an assistant.
    """
    if not text.attack or text.source not in PUBLIC:
        return True
    return any(CONCEPTS[idea] in _TELLING for _, idea in tokenise(fold(text.text).text).concepts)


def _interface(wheels: Wheels) -> dict[str, list[str]]:
    dice = random.Random(SEED)
    found = {}
    for language in LANGUAGES:
        lines = wheels.interface(language)
        most = 6000 if language == "en" else 4000 if language in {"de", "es", "pl"} else 1200
        found[language] = dice.sample(lines, min(most, len(lines)))
    return found


def _embedded(own: dict[str, Grammar], plain: dict[str, list[str]], prose: list[str]) -> list[Text]:
    """Attacks inside longer benign texts, and many such texts without."""
    dice = random.Random(SEED + 1)
    whole = [part for text in manuals() + descriptions() for part in text.split("\n\n")]
    manual = [part for part in whole if _PARAGRAPH[0] < len(part) < _PARAGRAPH[1]]
    found = []
    for language in ("en", "de", "es", "pl"):
        attack = own[f"attack_{language}"]
        calm = [
            one
            for name, grammar in own.items()
            if name.startswith(f"benign_{language}")
            for family in grammar.families
            for one in grammar.texts(family, 150, SEED + 2)
        ]
        payloads = [
            one
            for family in _INSIDE
            if family in attack.families
            for one in attack.texts(family, 300, SEED + 3)
        ]
        pools = [plain[language], calm, *([manual, prose] if language == "en" else [])]
        for payload in payloads:
            calm_ones = [rendered(_parts(pools, dice), dice) for _ in range(3 if language == "en" else 1)]
            found += [Text(one, attack=False, source="own-documents") for one in calm_ones]
            parts = _parts(pools, dice)
            parts.insert(dice.randint(0, len(parts)), payload)
            found.append(Text(rendered(parts, dice), attack=True, source="own-embedded", payload=payload))
    return found


def _parts(pools: list[list[str]], dice: random.Random) -> list[str]:
    return [
        " ".join(dice.choices(dice.choice(pools), k=dice.randint(1, 4))) for _ in range(dice.randint(2, 8))
    ]


def examples(text: Text) -> list[Example]:
    """The windows of a text that can be labelled; some as if they had been hidden."""
    found = _windows(text)
    draw = zlib.crc32(text.text.encode("utf-8", "replace"))
    if draw % (_HIDDEN_ATTACKS if text.attack else _HIDDEN_BENIGN) or not found:
        return found
    name = FLAG_NAMES[draw // 7 % len(FLAG_NAMES)]
    return [*found, found[0]._replace(flags=(flag(name),))]


def _windows(text: Text) -> list[Example]:
    tokens = tokenise(fold(text.text).text)
    parts = windows(len(tokens.words))
    if text.payload:
        return _payload_windows(text, tokens, parts)
    if text.attack:
        # The whole of a short attack; of a long one the wider windows, since a line of it may be harmless.
        wide = [one for one in parts if one[1] - one[0] > _SMALL] or parts
        return [Example(tokens, *one, attack=True, source=text.source) for one in wide[-_MOST_WINDOWS:]]
    chosen = (
        parts if len(parts) <= _MOST_WINDOWS else random.Random(len(text.text)).sample(parts, _MOST_WINDOWS)
    )
    return [Example(tokens, *one, attack=False, source=text.source) for one in chosen]


def _payload_windows(text: Text, tokens: Tokens, parts: list[tuple[int, int]]) -> list[Example]:
    payload = tokenise(fold(text.payload).text).words
    try:
        start = next(
            at
            for at in range(len(tokens.words))
            if tokens.words[at : at + min(4, len(payload))] == payload[: min(4, len(payload))]
        )
    except StopIteration:
        return []
    end = start + len(payload)
    found = []
    for first, last in parts:
        shared = min(last, end) - max(first, start)
        if shared >= 0.75 * len(payload) or (shared >= 0.9 * (last - first)):
            found.append(Example(tokens, first, last, attack=True, source=text.source))
    return found[:_MOST_WINDOWS]
