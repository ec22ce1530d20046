from __future__ import annotations

import mailbox
import os
from email.message import EmailMessage
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.mail import LONGEST
from pullcord.intake.mbox import Mbox, Spot

LATE = 2**62


def add(path: Path, text: str) -> None:
    """Add a mail the way mail programs do."""
    made = EmailMessage()
    made["Subject"] = "s"
    made.set_content(text)
    box = mailbox.mbox(str(path))
    box.add(made)
    box.close()


def bodies(mails: list[bytes]) -> list[str]:
    return [mail.decode().partition("\n\n")[2].strip() for mail in mails]


def test_new_mails_and_those_that_are_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "box"
    add(path, "one")
    add(path, "two\n\nFrom here on it was odd")
    mails, spot = Mbox(path).read(Spot(), LATE)
    assert bodies(mails) == ["one", "two\n\nFrom here on it was odd"]
    assert Mbox(path).read(spot, LATE) == ([], spot)
    add(path, "three")
    # A mail that was written a moment ago may still grow; the one before it cannot.
    assert Mbox(path).read(spot, path.stat().st_mtime_ns)[0] == []
    assert bodies(Mbox(path).read(spot, LATE)[0]) == ["three"]


def test_a_file_that_became_shorter_or_another_one_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "box"
    add(path, "one")
    add(path, "two")
    _, spot = Mbox(path).read(Spot(), LATE)
    path.write_bytes(b"From x\nSubject: s\n\nnew\n")
    assert bodies(Mbox(path).read(spot, LATE)[0]) == ["new"]


def test_many_mails_and_one_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"".join(b"From x\nSubject: %d\n\nb\n\n" % number for number in range(250)))
    seen, spot = [], Spot()
    for _ in range(4):
        mails, spot = Mbox(path).read(spot, LATE)
        seen += mails
    assert len(seen) == 250
    path.write_bytes(b"From x\n\n" + b"y" * (3 * LONGEST) + b"\n\nFrom x\n\nlast\n")
    mails, spot = Mbox(path).read(Spot(), LATE)
    assert len(mails[0]) > LONGEST
    mails, spot = Mbox(path).read(spot, LATE)
    assert bodies(mails)[-1] == "" or mails[-1].endswith(b"last\n")


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    path = Path("/dev/shm") / f"pullcord-mbox-{os.getpid()}"  # noqa: S108  (a fast place, removed below)
    try:
        path.write_bytes(raw)
        mails, spot = Mbox(path).read(Spot(), LATE)
    finally:
        path.unlink()
    assert spot.offset <= len(raw)
    assert sum(map(len, mails)) <= len(raw)
