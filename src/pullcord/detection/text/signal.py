"""The text signal: de-obfuscates a text, scores every part of it, and says what it found, for people.

It is never a verdict alone: an instruction in the wrong place may be worded like any other, so provenance and
behaviour decide. Research: published accuracies of such classifiers do not transfer; calibrate on a site's own text.
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from pullcord import content
from pullcord.detection.text.calibration import TextCalibration
from pullcord.detection.text.lexicon import CONCEPTS
from pullcord.detection.text.model import Best, Model, read_model
from pullcord.detection.text.views import View, views

MOST_READ = 1_000_000
"""Characters of one text that are read; of a longer one its two ends."""
_SHOWN_IDEAS = 6


class Verdict(StrEnum):
    """What a text reads like."""

    BENIGN = "benign"
    SUSPICIOUS = "suspicious"
    MALICIOUS = "malicious"


class TextVerdict(NamedTuple):
    """The answer for one text.

    Attributes:
        score: 0 to 1; 0.5 is where the shipped threshold lies.
        verdict: by the thresholds in force.
        reasons: for people, one sentence each; none quotes the text.
    """

    score: float
    verdict: Verdict
    reasons: tuple[str, ...]


class TextSignal:
    """Scores texts; pure, and the same answer for the same text everywhere."""

    def __init__(self, model: Model, calibration: TextCalibration | None = None) -> None:
        self._model = model
        self._calibration = calibration

    @classmethod
    def load(cls) -> Self:
        """The signal with the shipped weights.

        Raises:
            TextWeightsError: they are damaged.
        """
        return cls(_shipped())

    @property
    def weights(self) -> str:
        """Which weights these are: SHA-256 of their table."""
        return self._model.header.sha256

    def calibrated(self, calibration: TextCalibration) -> TextSignal:
        """The same signal with a site's own threshold."""
        return TextSignal(self._model, calibration)

    def score(self, text: str) -> TextVerdict:
        """Score a text; time is linear in its length, and bounded."""
        read = text if len(text) <= MOST_READ else f"{text[: MOST_READ // 2]}\n{text[-MOST_READ // 2 :]}"
        found: tuple[Best, View] | None = None
        for view in views(read):
            best = self._model.best(view.tokens, view.flags)
            if best is not None and (found is None or best.logit > found[0].logit):
                found = best, view
        if found is None:
            return TextVerdict(0.0, Verdict.BENIGN, ("The text has no words to judge.",))
        score = self._probability(found[0].logit)
        verdict = self._verdict(score)
        reasons = self._reasons(score, verdict, *found)
        if read is not text:
            reasons = (
                *reasons,
                f"Only {MOST_READ} characters were read, at its two ends; the text is longer.",
            )
        return TextVerdict(score, verdict, reasons)

    def logit(self, text: str) -> float:
        """The number behind the score, for measuring; minus infinity without words."""
        found = [self._model.best(view.tokens, view.flags) for view in views(text[:MOST_READ])]
        return max((best.logit for best in found if best is not None), default=-math.inf)

    def _probability(self, logit: float) -> float:
        # Six digits: enough for any threshold, and no noise of the last bit in files that people compare.
        shifted = max(min(logit - self._model.header.zero, 30.0), -30.0)
        return round(1.0 / (1.0 + math.exp(-shifted)), 6)

    def _verdict(self, score: float) -> Verdict:
        shipped = self._model.header.thresholds
        own = self._calibration
        suspicious = score >= shipped.suspicious if own is None else own.alarms(score)
        if not suspicious:
            return Verdict.BENIGN
        return Verdict.MALICIOUS if score >= shipped.malicious else Verdict.SUSPICIOUS

    def _reasons(self, score: float, verdict: Verdict, best: Best, view: View) -> tuple[str, ...]:
        limit = self._model.header.thresholds.suspicious
        whose = "the shipped threshold"
        if self._calibration is not None:
            limit, whose = self._calibration.threshold, "your site's own threshold"
        if verdict is Verdict.BENIGN:
            return (
                f"No part reads like an attack: the highest score is {score:.3f}, {whose} is {limit:.3f}.",
            )
        where = f"Words {best.first + 1} to {best.end}"
        found = [
            f"{where} read like an attack on a language model: score {score:.3f}, {whose} is {limit:.3f}."
        ]
        ideas = _ideas(view, best)
        if ideas:
            found.append(f"They speak of: {', '.join(ideas)}.")
        if view.undone:
            found.append(f"That shows only after undoing: {', then '.join(view.undone)}.")
        found.append("A signal, not a verdict: who wrote the text, and what was done after it, decide.")
        return tuple(found)


_NAMES = {
    "override": "setting something aside",
    "lift": "lifting or bypassing",
    "prior": "what was said before",
    "instruction": "instructions",
    "rule": "rules and limits",
    "config": "configuration",
    "system": "the system",
    "reveal": "revealing",
    "ai": "an AI or assistant",
    "persona": "playing a role",
    "free": "freedom from rules",
    "urgent": "urgency",
    "instead": "doing something else instead",
    "send": "sending",
    "secret": "secrets",
    "harm": "doing harm",
    "mode": "special modes",
    "only": "saying exactly one thing",
    "address": "an address or account",
    "link": "a link",
    "mark": "marks of roles or borders",
    "code": "code",
}


def _ideas(view: View, best: Best) -> list[str]:
    inside = [CONCEPTS[idea] for word, idea in view.tokens.concepts if best.first <= word < best.end]
    return [_NAMES[name] for name in dict.fromkeys(inside) if name in _NAMES][:_SHOWN_IDEAS]


@lru_cache(maxsize=1)
def _shipped() -> Model:
    return read_model(content.read("weights", "text-signal.json"), content.read("weights", "text-signal.bin"))
