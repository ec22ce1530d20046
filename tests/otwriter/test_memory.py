from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.otwriter.errors import WriterStateError
from pullcord.otwriter.memory import MOST_ANSWERS, Answer, Memory, MemoryFile, Sent


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "state")
    file.keep(version=7, sent=(Sent(system="a", time=1),), answers=(Answer(key="k", system="a", time=1),))
    file.close()
    again = MemoryFile(tmp_path / "state")
    assert again.now == file.now
    assert again.answer("k") == Answer(key="k", system="a", time=1)
    assert again.answer("other") is None
    again.close()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b'{"schema":"x"}', b'{"schema":"x","sent":3}'])
def test_a_broken_file_is_refused_and_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state").write_bytes(data)
    for _ in range(2):  # the first try must not hold the lock
        with pytest.raises(WriterStateError, match=r"broken|schema is not"):
            MemoryFile(tmp_path / "state")
    assert (tmp_path / "state").read_bytes() == data


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "state")
    with pytest.raises(WriterStateError, match="another OT writer"):
        MemoryFile(tmp_path / "state")
    file.close()
    MemoryFile(tmp_path / "state").close()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriterStateError, match="make its folder"):
        MemoryFile(tmp_path / "none" / "state")


def test_what_cannot_be_written_is_not_remembered(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "state")
    file.path = tmp_path / "none" / "state"
    with pytest.raises(FileNotFoundError):
        file.keep(version=9)
    assert file.now == Memory()
    file.close()


def test_refusals_never_push_out_what_was_sent(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "state")
    sent = Answer(key="sent", system="a", time=0, sent=True)
    refused = tuple(Answer(key=f"r{number}", system="a", time=1) for number in range(MOST_ANSWERS - 1))
    file.keep(answers=(sent, *refused))
    answers = file.with_answer(Answer(key="new", system="a", time=2))
    assert len(answers) == MOST_ANSWERS
    assert [answers[0].key, answers[1].key, answers[-1].key] == ["sent", "r1", "new"]
    assert file.with_answer(sent)[-1] == sent
    file.close()
