from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord.model.evidence import Evidence
from pullcord.model.noun import canonical
from pullcord.store.errors import UnstorableError
from pullcord.store.ledger import (
    HEAD,
    LEDGER,
    MAX_PROBLEMS,
    START,
    Head,
    append_entry,
    head_problems,
    read_head,
    read_ledger,
    seal,
)


def entry(number: int, previous: str, description: str = "d") -> Evidence:
    return seal(
        Evidence(
            digest="0" * 64,
            size=1,
            media_type="t",
            description=description,
            incident_id="i",
            time=number,
            sequence=number,
            previous=previous,
            chain="",
        )
    )


def filled(folder: Path, count: int) -> list[Evidence]:
    entries: list[Evidence] = []
    for number in range(count):
        entries.append(entry(number, entries[-1].chain if entries else START))
        append_entry(folder, entries[-1])
    return entries


def test_entries_come_back_and_the_head_follows(tmp_path: Path) -> None:
    entries = filled(tmp_path, 3)
    reading = read_ledger(tmp_path)
    assert (reading.entries, reading.tail, reading.problems) == (tuple(entries), b"", ())
    assert read_head(tmp_path) == Head(count=3, chain=entries[-1].chain)
    assert head_problems(reading, read_head(tmp_path)) == []
    assert (tmp_path / LEDGER).stat().st_mode & 0o777 == 0o600


def test_nothing_is_sound(tmp_path: Path) -> None:
    assert head_problems(read_ledger(tmp_path), read_head(tmp_path)) == []


def test_a_seal_covers_every_field() -> None:
    sealed = entry(0, START)
    for field, other in {"digest": "1", "size": 2, "media_type": "u", "description": "e", "incident_id": "j",
                         "time": 9, "sequence": 9, "previous": "9"}.items():  # fmt: skip
        assert seal(msgspec.structs.replace(sealed, **{field: other})).chain != sealed.chain, field
    assert seal(sealed) == sealed


@pytest.mark.parametrize(
    ("rewritten", "said"),
    [
        (lambda lines: lines[1:], "not 0"),
        (lambda lines: [lines[0], lines[2]], "does not follow"),
        (lambda lines: [lines[1], lines[0], lines[2]], "removed, put in or moved"),
        (lambda lines: [lines[0], *lines], "has number 0, not 1"),
        (lambda lines: [lines[0].replace(b'"d"', b'"D"'), *lines[1:]], "was changed"),
        (lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]], "is not written as"),
        (lambda lines: [b"{}", *lines[1:]], "is not an entry"),
        (lambda lines: lines[:2], "cut off"),
        (lambda lines: lines[:0], "cut off"),
        (lambda lines: [*lines, canonical(entry(3, chain_of(lines[2])))], "entries were added"),
    ],
)
def test_what_was_done_to_it_is_said(tmp_path: Path, rewritten: object, said: str) -> None:
    filled(tmp_path, 3)
    lines = (tmp_path / LEDGER).read_bytes().splitlines()
    (tmp_path / LEDGER).write_bytes(b"".join(line + b"\n" for line in rewritten(lines)))  # type: ignore[operator]
    reading = read_ledger(tmp_path)
    problems = [*reading.problems, *head_problems(reading, read_head(tmp_path))]
    assert any(said in problem for problem in problems), problems


def chain_of(line: bytes) -> str:
    return msgspec.json.decode(line, type=Evidence).chain


def test_a_rewritten_ledger_does_not_fit_its_head(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / LEDGER).write_bytes(canonical(entry(0, START, "forged")) + b"\n")
    reading = read_ledger(tmp_path)
    assert reading.problems == ()
    assert "not the one its head names" in head_problems(reading, read_head(tmp_path))[0]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"count":1}', b'{"count": 0}'])
def test_a_head_that_was_touched_does_not_decode_or_fit(tmp_path: Path, data: bytes) -> None:
    filled(tmp_path, 1)
    (tmp_path / HEAD).write_bytes(data)
    assert head_problems(read_ledger(tmp_path), read_head(tmp_path)) != []


def test_a_report_has_an_end(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"x\n" * 1_000)
    problems = read_ledger(tmp_path).problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1] == "The ledger has 900 more problems."


@pytest.mark.parametrize("description", ["\ud800", "x" * 70_000])
def test_an_entry_that_cannot_be_written_leaves_nothing(tmp_path: Path, description: str) -> None:
    with pytest.raises(UnstorableError):
        append_entry(tmp_path, entry(0, START, description))
    assert list(tmp_path.iterdir()) == []
