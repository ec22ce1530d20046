from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.demo.tale.progress import NAME, Bookmark
from pullcord.model.errors import UsageError


def test_a_bookmark_outlasts_whoever_put_it(tmp_path: Path) -> None:
    first = Bookmark(tmp_path)
    assert not first.is_told("one")
    assert first.fact("incident") == ""
    first.told("one")
    first.note("incident", "inc-1")
    again = Bookmark(tmp_path)
    assert again.is_told("one")
    assert not again.is_told("two")
    assert again.fact("incident") == "inc-1"
    assert not again.progress.finished
    again.finish()
    assert Bookmark(tmp_path).progress.finished
    assert Bookmark(tmp_path / "elsewhere").progress.told == []


@pytest.mark.parametrize("rubbish", [b"", b"{", b'{"told": 3}', b"[]"])
def test_rubbish_is_no_story(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / NAME).write_bytes(rubbish)
    with pytest.raises(UsageError, match="no story"):
        Bookmark(tmp_path)
