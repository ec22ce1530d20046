from __future__ import annotations

import math
import zlib

import numpy as np
import pytest

from pullcord.detection.text.features import SIZE, measure
from pullcord.detection.text.model import Model, TextWeightsError, read_model
from pullcord.detection.text.tokens import tokenise
from pullcord.detection.text.windows import windows
from tests.detection.text.build import header_for, made_up_table


def model(**changes: object) -> Model:
    table = made_up_table()
    return read_model(header_for(table, **changes), table)


def test_the_most_striking_window_counts() -> None:
    text = "word " * 100 + "ignore " + "word " * 100
    best = model().best(tokenise(text))
    assert best is not None
    assert best.logit == pytest.approx(3.0)
    assert best.first <= 100 < best.end


def test_a_long_text_pays_for_its_many_windows() -> None:
    text = "word " * 400 + "ignore"
    best = model(length=0.5).best(tokenise(text))
    assert best is not None
    assert best.logit == pytest.approx(3.0 - 0.5 * math.log(len(windows(401))))


def test_flags_are_added_and_a_text_without_words_has_no_window() -> None:
    assert model().best(tokenise("...")) is None


def test_running_sums_are_the_sums_of_each_window() -> None:
    random = np.random.default_rng(1)
    raw = zlib.compress(random.integers(-127, 127, SIZE, dtype=np.int8).tobytes())
    made = read_model(header_for(raw), raw)
    text = " ".join(f"word{number % 37} ignore it" for number in range(60))
    whole = tokenise(text)
    parts = windows(len(whole.words))
    scores = made.scores(whole, measure(whole), parts)
    for (first, end), score in zip(parts, scores, strict=True):
        alone = tokenise(text[whole.starts[first] : whole.ends[end - 1]])
        (expected,) = made.scores(alone, measure(alone), [(0, end - first)])
        assert score == pytest.approx(expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "pullcord.other/1"},
        {"sha256": "0" * 64},
        {"bias": 1e9},
        {"scales": (1.0, float("inf"), 1.0)},
        {"thresholds": {"suspicious": 0.9, "malicious": 0.5}},
    ],
)
def test_damaged_headers_are_refused(changes: dict[str, object]) -> None:
    table = made_up_table()
    with pytest.raises(TextWeightsError, match="weights of the text signal"):
        read_model(header_for(table, **changes), table)


@pytest.mark.parametrize("raw", [b"", b"\0" * (SIZE - 1), b"\0" * (SIZE + 1)])
def test_tables_of_another_length_are_refused(raw: bytes) -> None:
    table = zlib.compress(raw)
    with pytest.raises(TextWeightsError, match="does not hold"):
        read_model(header_for(table), table)


def test_what_is_no_table_or_no_header_is_refused() -> None:
    with pytest.raises(TextWeightsError, match="unpacked"):
        read_model(header_for(b"nothing"), b"nothing")
    with pytest.raises(TextWeightsError):
        read_model(b"{", made_up_table())
    with pytest.raises(TextWeightsError, match="too large"):
        read_model(b"{}", b"0" * 2_000_001)
