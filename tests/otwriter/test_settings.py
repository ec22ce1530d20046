from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.errors import UsageError
from pullcord.otwriter.settings import read_settings
from tests.otwriter.build import CONFIG


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(CONFIG)
    found = read_settings(tmp_path / "w.toml")
    assert found.socket == tmp_path / "private" / "ot.sock"
    assert found.state == tmp_path / "ot-writer.state"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CONFIG + 'more = "x"\n', "unknown field"),
        (CONFIG.replace('state = "ot-writer.state"', ""), "missing required field"),
        (CONFIG.replace('"ot-writer.state"', "3"), "a path is expected"),
        (CONFIG.replace('"ot-writer.state"', '""'), "a path is expected"),
        ("= 1", "Invalid"),
        (CONFIG.replace("private/ot.sock", "s" * 120), "longer than 107 bytes"),
        ("a" * 70_000, "larger than"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "w.toml").write_text(text)
    with pytest.raises(UsageError) as error:
        read_settings(tmp_path / "w.toml")
    assert says.lower() in error.value.cause.lower()


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_usage_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        read_settings(path)
