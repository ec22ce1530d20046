from __future__ import annotations

from typing import Any

import pytest

from pullcord import content
from pullcord.investigation.ranking import WIDTHS
from pullcord.investigation.weights import MAX_BYTES, WeightsError, read_weights
from tests.investigation.weights_json import encoded, linear, weights

LEAF = {"feature": [-1], "threshold": [0.0], "left": [-1], "right": [-1], "value": [1.0]}
LOOP = {
    "feature": [0, 0, -1],
    "threshold": [0.0] * 3,
    "left": [1, 0, -1],
    "right": [2, 2, -1],
    "value": [0.0] * 3,
}


def test_good_weights_and_the_shipped_ones_are_read() -> None:
    assert read_weights(encoded(), WIDTHS).features == ["strong_first", "call_acts"]
    assert read_weights(content.read("weights", "pairs.json"), WIDTHS).made_with["words"] == "used"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"schema": "pullcord.pairs/2"}, "schema"),
        ({"features": ["strong_first", "shoe_size"]}, "shoe_size"),
        ({"features": ["strong_first", "strong_first"]}, "twice"),
        ({"features": []}, "empty"),
        ({"linear": linear(3)}, "linear.centre has 3"),
        ({"linear": {**linear(2), "scale": [1.0, 0.0]}}, "linear.scale"),
        ({"joint": linear(1)}, "joint.centre"),
        ({"linear_share": 1.5}, "linear_share"),
        ({"thresholds": {"succeeded": -0.1, "attempted": 0.5}}, "thresholds.succeeded"),
        ({"trees": [{**LEAF, "value": []}]}, r"trees\[0\]"),
        ({"trees": [LEAF, LOOP]}, r"trees\[1\], node 1"),
        ({"trees": [{**LEAF, "feature": [7]}]}, "node 0"),
        ({"trees": [LEAF] * 501}, "501"),
        ({"surprise": 1}, "surprise"),
        ({"tree_bias": "x"}, "tree_bias"),
    ],
)
def test_wrong_weights_are_refused_with_the_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(WeightsError, match=place) as caught:
        read_weights(encoded(**changes), WIDTHS)
    assert "PC-4001" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"null", b"[" * 100_000, b"x" * (MAX_BYTES + 1), b'{"schema": NaN}'])
def test_no_weights_at_all(data: bytes) -> None:
    with pytest.raises(WeightsError):
        read_weights(data, WIDTHS)


def test_numbers_beyond_floats_are_refused() -> None:
    huge = encoded().replace(b'"tree_bias":0.0', b'"tree_bias":1e999')
    assert huge != encoded()
    assert weights()["tree_bias"] == 0.0
    with pytest.raises(WeightsError):
        read_weights(huge, WIDTHS)
