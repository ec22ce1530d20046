"""Measures the text signal on texts it never saw, one line for each source and family.

    python -m bench.text_signal.evaluate WHEELS [--weights FOLDER] [--false NUMBER] [--texts]

Prints, per group: texts, share at or above the suspicious and the malicious threshold, and the logits that 1, 50 and
99 % of its texts stay below.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.text_signal.held_out import Group, groups
from bench.text_signal.sources import Wheels
from pullcord.detection.text.model import read_model
from pullcord.detection.text.signal import TextSignal

OUT = Path(__file__).parents[2] / "src/pullcord/content/weights"
_LOGIT_LIMIT = 30.0


def signal_of(folder: Path) -> TextSignal:
    """The signal with the weights in a folder."""
    return TextSignal(
        read_model((folder / "text-signal.json").read_bytes(), (folder / "text-signal.bin").read_bytes())
    )


def measured(signal: TextSignal, found: list[Group]) -> list[NDArray[np.float64]]:
    """The logits of the texts of each group."""
    return [np.array([max(signal.logit(text), -_LOGIT_LIMIT) for text in group.texts]) for group in found]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--weights", type=Path, default=OUT)
    parser.add_argument("--at", type=float, default=None, help="logit to use as the threshold")
    parser.add_argument("--show", default="", help="print the worst texts of groups whose name has this")
    given = parser.parse_args()
    signal = signal_of(given.weights)
    found = groups(Wheels(given.wheels))
    logits = measured(signal, found)
    header = signal._model.header  # noqa: SLF001 -- measuring looks inside
    low = header.zero if given.at is None else given.at
    high = low + float(np.log(header.thresholds.malicious / (1 - header.thresholds.malicious)))
    print("| kind | texts from | number | suspicious or worse | malicious | logit: 1 % | 50 % | 99 % |")
    print("|---|---|---|---|---|---|---|---|")
    for group, scores in zip(found, logits, strict=True):
        shares = f"{np.mean(scores >= low):.1%} | {np.mean(scores >= high):.1%}".replace("%", " %")
        places = " | ".join(f"{np.quantile(scores, part):.1f}" for part in (0.01, 0.5, 0.99))
        print(f"| {_kind(group.attack)} | {group.name} | {len(scores)} | {shares} | {places} |")
        if given.show and given.show in group.name:
            for place in np.argsort(scores if group.attack else -scores)[:15]:
                print(f"      {scores[place]:6.2f} {group.texts[place][:200]!r}")
    for attack in (False, True):
        chosen = [scores for group, scores in zip(found, logits, strict=True) if group.attack is attack]
        pooled, mean = (
            np.mean(np.concatenate(chosen) >= low),
            np.mean([np.mean(one >= low) for one in chosen]),
        )
        print(f"{_kind(attack)}: pooled {pooled:.4f}, mean of groups {mean:.4f}")


def _kind(attack: bool) -> str:  # noqa: FBT001 -- what a group is
    return "attack" if attack else "benign"


if __name__ == "__main__":
    main()
