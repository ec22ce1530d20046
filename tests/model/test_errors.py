from __future__ import annotations

import pickle  # what processes hand errors over with; only our own bytes are read
import re
from collections.abc import Iterator

import pytest

from pullcord.model.errors import NothingReadableError, PullcordError, UsageError
from pullcord.response.errors import UnknownIncidentError


def kinds(root: type[PullcordError]) -> Iterator[type[PullcordError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def test_an_error_says_code_cause_and_cure() -> None:
    error = UsageError("a.json: no such file", "check the name")
    assert str(error) == "PC-0001: a.json: no such file; check the name"
    assert error.args == ("a.json: no such file",)


@pytest.mark.parametrize("kind", [PullcordError, UsageError, NothingReadableError, UnknownIncidentError])
def test_an_error_survives_the_way_to_another_process(kind: type[PullcordError]) -> None:
    back = pickle.loads(pickle.dumps(kind("cause", "cure")))  # noqa: S301  # our own bytes
    assert type(back) is kind
    assert (back.cause, back.cure) == ("cause", "cure")


def test_codes_have_their_shape_and_are_told_apart() -> None:
    codes = {kind: kind.code for kind in kinds(PullcordError) if kind.__module__.startswith("pullcord.")}
    assert all(re.fullmatch(r"PC-\d{4}", code) for code in codes.values()), codes
    assert codes[NothingReadableError] != codes[UsageError]


def test_nothing_readable_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        raise NothingReadableError("a.json: empty", "give a recording")
