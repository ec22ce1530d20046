"""Long benign documents, and the windows of them that a first model takes for attacks: negatives for the second.

Of a long text the most striking window counts, so a model must be right about nearly every window there is. Source
of the method: Felzenszwalb et al., "Object Detection with Discriminatively Trained Part-Based Models" (2010), 4.4.
"""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

from bench.text_signal.examples import SEED, Example, Text
from bench.text_signal.render import rendered
from bench.text_signal.sources import Wheels
from pullcord.detection.text.features import measure
from pullcord.detection.text.fold import fold
from pullcord.detection.text.model import Model
from pullcord.detection.text.tokens import tokenise
from pullcord.detection.text.windows import windows

_LONGEST = 12_000
_PACKAGES = ("numpy", "scipy", "sklearn")
_PER_LANGUAGE = 160
_PER_DOCUMENT = 8
_STRIKING = -2.0
"""A window from this logit on is worth learning from."""


def documents(wheels: Wheels, plain: list[Text]) -> list[str]:
    """Long benign documents, in a fixed order.

    Args:
        wheels: where the wheels are.
        plain: all texts of the training; benign ones are put together to documents.
    """
    dice = random.Random(SEED + 20)
    pools: dict[str, list[str]] = {}
    for one in plain:
        if not one.attack and one.source.startswith(("interface", "own-benign", "s-labs", "descriptions")):
            pools.setdefault(one.source, []).append(one.text)
    found = [
        rendered(dice.choices(pool, k=dice.randint(8, 60)), dice)
        for _, pool in sorted(pools.items())
        for _ in range(_PER_LANGUAGE)
    ]
    for _ in range(_PER_LANGUAGE * 4):
        mixed = [dice.choice(pools[dice.choice(sorted(pools))]) for _ in range(dice.randint(4, 30))]
        found.append(rendered(mixed, dice))
    return found + wheels.sources() + _installed()


def _installed() -> list[str]:
    """Program texts with long documentation: numpy, scipy, scikit-learn (BSD-3-Clause), every third file."""
    site = Path(sysconfig.get_path("purelib"))
    paths = [path for package in _PACKAGES for path in sorted((site / package).rglob("*.py"))[::3]]
    return [
        path.read_text(encoding="utf-8", errors="replace")[:_LONGEST]
        for path in paths
        if "tests" not in path.parts
    ]


def striking(model: Model, texts: list[str]) -> list[Example]:
    """The windows of benign texts that the model finds most like attacks, a few of each text."""
    found = []
    for text in texts:
        tokens = tokenise(fold(text[:_LONGEST]).text)
        parts = windows(len(tokens.words))
        if not parts:
            continue
        scores = model.scores(tokens, measure(tokens), parts)
        order = sorted(range(len(parts)), key=lambda place: -scores[place])[:_PER_DOCUMENT]
        found += [
            Example(tokens, *parts[place], attack=False, source="hard")
            for place in order
            if scores[place] >= _STRIKING
        ]
    return found
