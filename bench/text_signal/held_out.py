"""The texts to measure on: none of them, and no pattern of theirs, is in the training."""

from __future__ import annotations

import json
import random
from typing import NamedTuple

from bench.text_signal.compose import grammars
from bench.text_signal.examples import SEED
from bench.text_signal.sources import OWN_ROWS, Wheels

_PER_FAMILY = 300


class Group(NamedTuple):
    """Texts of one source and kind."""

    name: str
    texts: list[str]
    attack: bool = False


def groups(wheels: Wheels) -> list[Group]:
    """All groups, benign ones first."""
    found = [*_own(), *_sets(wheels), *_benchmarks(wheels), *_packages(wheels)]
    return sorted((group for group in found if group.texts), key=lambda group: group.attack)


def _own() -> list[Group]:
    return [
        Group(
            f"own {use} {name} {family}",
            grammar.texts(family, _PER_FAMILY, SEED + 9),
            attack=name.startswith("attack"),
        )
        for use in ("evaluate", "confirm")
        for name, grammar in grammars(use).items()
        for family in grammar.families
    ]


def _sets(wheels: Wheels) -> list[Group]:
    s_labs = wheels.s_labs("test")
    rows = [row for row in wheels.neuralchemy("test") if row[3] in OWN_ROWS]
    found = [
        Group("s-labs test", [text for text, label in s_labs if not label]),
        Group("s-labs test", [text for text, label in s_labs if label], attack=True),
        Group("neuralchemy test", [row[0] for row in rows if not row[1]]),
        Group("neuralchemy test", [row[0] for row in rows if row[1]], attack=True),
    ]
    dice = random.Random(SEED)
    for language in ("en", "de", "es", "pl", "fr", "it"):
        lines = wheels.catalogue(language)
        found.append(Group(f"web framework {language}", dice.sample(lines, min(600, len(lines)))))
    for language, lines in wheels.dialogues().items():
        found.append(Group(f"dialogues {language}", dice.sample(lines, min(800, len(lines)))))
    return found


def _benchmarks(wheels: Wheels) -> list[Group]:
    """Rows of public benchmarks: measured on, never trained on."""
    rows = [row for split in ("train", "validation", "test") for row in wheels.neuralchemy(split)]
    # Rows of label 0 of the second are attacks that failed, so they say nothing about benign texts.
    attacks = [
        Group(source, [row[0] for row in rows if row[3] == source and row[1]], attack=True)
        for source in ("hackaprompt", "wildguard_judgecomp", "harmbench")
    ]
    return [*attacks, Group("harmbench_benign", [row[0] for row in rows if row[3] == "harmbench_benign"])]


def _packages(wheels: Wheels) -> list[Group]:
    """The examples of another package (MIT): attacks by category, and benign texts that look like them."""
    with wheels.open("bastioncorpus") as wheel:
        lines = wheel.read("bastioncorpus/corpus/injections.jsonl").decode().splitlines()
    found: dict[tuple[str, bool], list[str]] = {}
    for record in map(json.loads, lines):
        attack = record["label"] == "malicious"
        name = record["category"] if attack else "benign look-alikes"
        found.setdefault((f"bastioncorpus {name}", attack), []).append(record["text"])
    return [Group(name, texts, attack=attack) for (name, attack), texts in found.items()]
