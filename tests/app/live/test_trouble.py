from __future__ import annotations

import pytest

from pullcord.app.live.trouble import told
from pullcord.model.errors import UsageError


def test_an_error_of_ours_says_what_it_says() -> None:
    assert told(UsageError("no plant", "name one")) == "PC-0001: no plant; name one"


def test_of_another_error_only_type_and_place_are_told() -> None:
    with pytest.raises(ValueError, match="recipe") as caught:
        int("the secret recipe")
    line = told(caught.value)
    assert line.startswith("ValueError at test_trouble.py:")
    assert "recipe" not in line


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert told(KeyError("secret")) == "KeyError"
