from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.rules.suppressions import SuppressionsFileError, parse_suppressions, read_suppressions
from pullcord.model.times import from_rfc3339

NOW = from_rfc3339("2026-11-25T12:00:00Z")
FILE = """\
schema: pullcord.suppressions/1
suppressions:
  - id: night-bot
    rule: 1f6a
    where:
      asset: maintenance-bot
      entities: ["user:svc-night"]
    owner: I. Halloran
    reason: the bot writes recipes every night, change 4711
    created: 2026-11-01
    expires: 2026-12-31
"""


def problem(text: str) -> str:
    with pytest.raises(SuppressionsFileError) as told:
        parse_suppressions(text.encode(), "s.yaml", NOW)
    assert told.value.cure
    return told.value.cause


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FILE)
    (one,) = read_suppressions(tmp_path / "s.yaml", NOW).entries
    assert (one.id, one.rule, one.expires) == ("night-bot", "1f6a", "2026-12-31")
    assert one.where.entities == ["user:svc-night"]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SuppressionsFileError, match="No such file"):
        read_suppressions(tmp_path / "s.yaml", NOW)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("expires: 2026-12-31", "expires: 2027-12-31", "s.yaml:11:14: more than 366 days after created"),
        ("expires: 2026-12-31", "expires: never", "s.yaml:11:14: "),
        ("    owner: I. Halloran\n", "", "s.yaml:3:5: Object missing required field `owner`"),
        ("owner:", "ownr:", "s.yaml:8:5: Object contains unknown field `ownr`"),
        ("asset:", "severity:", "s.yaml:6:7: Object contains unknown field `severity`"),
        ("suppressions/1", "suppressions/9", "s.yaml:1:9: schema is 'pullcord.suppressions/9'"),
        ("rule: 1f6a", "rule: [a]", "s.yaml:4:11: "),
        ("rule: 1f6a", "rule: !!python/object a", "s.yaml:4:11: the tag"),
        ("  - id", "\t- id", "s.yaml:3:1: "),
    ],
)
def test_errors_name_their_place(old: str, new: str, what: str) -> None:
    assert problem(FILE.replace(old, new)).startswith(what)


def test_many_problems_are_listed_up_to_a_bound() -> None:
    head, entry = FILE[: FILE.index("  - id")], FILE[FILE.index("  - id") :]
    told = problem(head + entry * 30)
    assert told.count("stands there twice") == 20
    assert told.endswith("… and 9 more")


@pytest.mark.parametrize("text", ["", "- a", "5", "schema: pullcord.suppressions/1"])
def test_what_is_no_such_file(text: str) -> None:
    assert problem(text).startswith("s.yaml:1:1: ")


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_garbage_is_an_error_with_a_place(data: bytes) -> None:
    with pytest.raises(SuppressionsFileError, match=r"s\.yaml:\d+:\d+: "):
        parse_suppressions(data, "s.yaml", NOW)
