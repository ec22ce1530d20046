"""Leaves each public set of attacks out of the training in turn, and measures on it.

    python -m bench.text_signal.leave_out WHEELS

The threshold of each model is the one that 1 % of the benign held-out texts reach. Prints a line for each set.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
import numpy as np

from bench.text_signal.evaluate import measured
from bench.text_signal.examples import Text, texts
from bench.text_signal.held_out import Group, groups
from bench.text_signal.sources import Wheels
from bench.text_signal.train import train
from pullcord.detection.text.model import read_model
from pullcord.detection.text.signal import TextSignal

SETS = ("s-labs", "neuralchemy", "yanismiraoui", "own-attack")
_RATE = 0.01
_MOST = 1500


def main() -> None:
    """Train without each, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--sets", nargs="*", default=SETS)
    given = parser.parse_args()
    wheels = Wheels(given.wheels)
    benign = [group for group in groups(wheels) if not group.attack]
    for left in given.sets:
        header, table = train(given.wheels, left)
        signal = TextSignal(read_model(msgspec.json.encode(header), table))
        out = [one for one in texts(wheels) if one.source.startswith(left)]
        calm = np.concatenate(measured(signal, benign))
        limit = float(np.quantile(calm, 1 - _RATE))
        caught, false = (_share(signal, out, limit, attack=attack) for attack in (True, False))
        print(f"without {left}: recall on it {caught:.3f}, false positives on its benign texts {false:.4f}")


def _share(signal: TextSignal, found: list[Text], limit: float, *, attack: bool) -> float:
    chosen = [one.text for one in found if one.attack is attack]
    some = chosen[:: max(1, len(chosen) // _MOST)][:_MOST]
    if not some:
        return float("nan")
    (logits,) = measured(signal, [Group("left out", some, attack=attack)])
    return float(np.mean(logits >= limit))


if __name__ == "__main__":
    main()
