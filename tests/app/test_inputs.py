from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.inputs import Inputs, to_stderr
from pullcord.model.errors import NothingReadableError, UsageError
from tests.app.build import native
from tests.response.build import Ticking


def made(*paths: Path) -> tuple[Inputs, list[str]]:
    told: list[str] = []
    return Inputs(paths, Ticking(), told.append), told


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_bad_record_is_told_and_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", native("a"), "{broken", native("b"))
    inputs, told = made(path)
    events = [event for batch in inputs.events() for event in batch.items]
    assert [event.id for event in events] == ["a", "b"]
    assert all(event.received == 1_001 and event.source == str(path) for event in events)
    assert [line.startswith(f"{path}:2: ") for line in told] == [True]
    assert (inputs.counters.accepted, inputs.counters.rejected) == (2, 1)


def test_all_files_are_looked_at_before_the_first_is_read(tmp_path: Path) -> None:
    good = written(tmp_path / "a.ndjson", native("a"))
    for bad in (tmp_path / "missing", tmp_path):
        with pytest.raises(UsageError, match=r"cannot be opened|folder"):
            made(good, bad)


def test_an_input_without_a_record_fails_at_the_end_and_is_named(tmp_path: Path) -> None:
    good, empty = written(tmp_path / "a.ndjson", native("a")), written(tmp_path / "empty.ndjson", "{}")
    inputs, told = made(good, empty)
    batches = inputs.events()
    assert [event.id for event in next(batches).items] == ["a"]
    with pytest.raises(NothingReadableError, match=r"empty\.ndjson"):
        list(batches)
    assert len(told) == 1


def test_an_event_is_no_finding(tmp_path: Path) -> None:
    inputs, told = made(written(tmp_path / "a.ndjson", native("a")))
    with pytest.raises(NothingReadableError):
        list(inputs.findings())
    assert "pullcord detect" in told[0]


def test_reading_goes_on_after_a_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", *(native(f"{number}") for number in range(5)))
    inputs, _ = made(path)
    (batch,) = inputs.either_of(path, 3)
    assert [item.id for item in batch.items] == ["3", "4"]
    assert list(inputs.either_of(path, 5)) == []
    inputs.finish()


def test_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    to_stderr("a.ndjson:1: broken; repair it")
    assert capsys.readouterr() == ("", "a.ndjson:1: broken; repair it\n")
