r"""Measures four open packages on the same held-out texts, at the verdicts they ship with.

    pip install --target RIVALS promptbadger==0.3.1 aicordon==1.4.0 nukon-pi-detect==0.1.0 \
        toolwall-guard==0.4.0
    PYTHONPATH=src:RIVALS python -m bench.text_signal.rivals WHEELS

Nothing of them is used otherwise. Prints the share of texts that each calls an attack, per group.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.text_signal.held_out import groups
from bench.text_signal.sources import Wheels

Judge = Callable[[str], bool]
_TOOLWALL_SCORE = 0.7
_MOST = 300


def judges() -> dict[str, Judge]:
    """The packages that are installed, each as a yes or no."""
    found: dict[str, Judge] = {}
    nukon: Any = importlib.import_module("nukon_pi_detect")
    badger: Any = importlib.import_module("promptbadger.scanner")
    toolwall: Any = importlib.import_module("toolwall.detect.patterns")
    picket: Any = importlib.import_module("aicordon.picket.detector").load()
    found["nukon"] = lambda text: nukon.scan(text).decision != nukon.DECISION_CLEAN
    found["promptbadger suspicious"] = lambda text: str(badger.scan(text).verdict) != "benign"
    found["promptbadger malicious"] = lambda text: str(badger.scan(text).verdict) == "malicious"
    found["toolwall"] = lambda text: any(one.score >= _TOOLWALL_SCORE for one in toolwall.detect(text))
    found["aicordon picket"] = lambda text: bool(picket.check(text).flagged)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", type=Path)
    given = parser.parse_args()
    found = judges()
    print("group", *found, sep=" | ")
    totals: dict[bool, list[list[float]]] = {False: [], True: []}
    counts: dict[bool, list[int]] = {False: [], True: []}
    for group in groups(Wheels(given.wheels)):
        texts = group.texts[:: max(1, len(group.texts) // _MOST)][:_MOST]
        shares = [float(np.mean([judge(text) for text in texts])) for judge in found.values()]
        totals[group.attack].append(shares)
        counts[group.attack].append(len(texts))
        print(
            "attack" if group.attack else "benign",
            group.name,
            *(f"{share:.3f}" for share in shares),
            sep=" | ",
        )
    for kind, name in ((False, "benign"), (True, "attack")):
        weights, shares_of = np.array(counts[kind]), np.array(totals[kind])
        print(name, "pooled", *(f"{one:.3f}" for one in weights @ shares_of / weights.sum()), sep=" | ")
        print(name, "mean of groups", *(f"{one:.3f}" for one in shares_of.mean(axis=0)), sep=" | ")


if __name__ == "__main__":
    main()
