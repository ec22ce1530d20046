from __future__ import annotations

import pytest
from sigma.types import SigmaBool, SigmaCIDRExpression, SigmaNumber, SigmaRegularExpression, SigmaString

from pullcord.detection.errors import RuleError
from pullcord.detection.sigma_values import regex_of, value_test
from pullcord.detection.view import Scalar, as_number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1),
        ("1", 1),
        ("-2.50", -2.5),
        ("1e3", 1000.0),
        (True, None),
        ("", None),
        ("1_0", None),
        (" 1", None),
        ("0x10", None),
        ("nan", None),
        ("٣", None),
        ("9" * 5_000, None),
    ],
)
def test_numbers_are_read_leniently_but_strictly_decimal(value: Scalar, number: float | None) -> None:
    assert as_number(value) == number


def test_numbers_and_truth_values() -> None:
    one = value_test(SigmaNumber(1))
    yes = value_test(SigmaBool(boolean=True))
    assert one is not None
    assert yes is not None
    assert one("1")
    assert not yes(1)
    assert yes("TRUE")
    for held in (True,):
        assert yes(held)
        assert not one(held)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.0.0.1", False),
        ("fe80::1", False),
        ("10.1.2.3:80", False),
        ("no", False),
        (10, False),
        ("1" * 100_000, False),
    ],
)
def test_networks(address: Scalar, inside: bool) -> None:  # noqa: FBT001
    test = value_test(SigmaCIDRExpression("10.0.0.0/8"))
    assert test is not None
    assert test(address) is inside


def test_strings_are_not_tested_here() -> None:
    assert value_test(SigmaString("x")) is None


def test_regular_expressions() -> None:
    assert regex_of(SigmaRegularExpression("a.c")).search("xabcx")
    with pytest.raises(RuleError, match="placeholder"):
        regex_of(SigmaRegularExpression("%x%").insert_placeholders())
