from __future__ import annotations

import pytest

from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension, Signal, read_extension


def test_no_section_is_the_default() -> None:
    assert read_extension(None) == Extension(incident_type=None, signal=Signal.RULE)


def test_both_keys() -> None:
    section = {"incident_type": "tool-abuse", "signal": "text"}
    assert read_extension(section) == Extension(incident_type="tool-abuse", signal=Signal.TEXT)


@pytest.mark.parametrize(
    "section", [{"signla": "text"}, {"signal": "verdict"}, {"incident_type": 3}, [], "text"]
)
def test_what_is_unknown_is_refused(section: object) -> None:
    with pytest.raises(RuleError, match=r"custom\.pullcord"):
        read_extension(section)
