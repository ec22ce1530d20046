from __future__ import annotations

import asyncio
import mailbox
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from pullcord.intake.listening import ListenerError, Origin
from pullcord.intake.mailbox_watch import MailboxPlace, MailboxWatch
from tests.intake.listeners import Kept, running, until
from tests.intake.memory import Memory


def mail(text: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "ana@plant.example", "odd"
    made.set_content(text)
    return made


def watch(path: Path, memory: Memory) -> MailboxWatch:
    place = MailboxPlace(path, seconds=0.02)
    return MailboxWatch(Origin(name="reports"), place, time.time_ns, memory)


async def settle(listener: MailboxWatch, kept: Kept, events: int) -> None:
    async with running(listener, kept):
        await until(lambda: len(kept.events) >= events)
        await asyncio.sleep(0.1)
    assert len(kept.events) == events


def test_a_maildir(tmp_path: Path) -> None:
    box = mailbox.Maildir(str(tmp_path / "box"))
    box.add(mail("one"))
    read = mailbox.MaildirMessage(mail("two"))
    read.set_subdir("cur")
    read.set_flags("S")
    box.add(read)
    (tmp_path / "box" / "new" / "link").symlink_to("/etc/passwd")

    async def scene() -> Kept:
        kept, memory = Kept(), Memory()
        listener = watch(tmp_path / "box", memory)
        async with running(listener, kept):
            await until(lambda: len(kept.events) == 2)
            key = box.add(mail("three"))
            await until(lambda: len(kept.events) == 3)
            moved = box[key]
            moved.set_subdir("cur")
            box[key] = moved
            await asyncio.sleep(0.1)
        assert kept.duplicates == 0
        box.add(mail("four"))
        await settle(watch(tmp_path / "box", memory), kept, 4)
        return kept

    kept = asyncio.run(scene())
    assert set(kept.texts("report.text")) == {"one", "two", "three", "four"}
    assert len(list((tmp_path / "box" / "new").iterdir())) == 3  # nothing was moved or removed


def test_an_mbox(tmp_path: Path) -> None:
    path = tmp_path / "box"

    def add(text: str) -> None:
        box = mailbox.mbox(str(path))
        box.add(mail(text))
        box.close()

    async def scene() -> Kept:
        kept, memory = Kept(), Memory()
        add("one")
        add("two")
        await settle(watch(path, memory), kept, 2)
        add("three")
        await settle(watch(path, memory), kept, 3)
        return kept

    kept = asyncio.run(scene())
    assert kept.texts("report.text") == ["one", "two", "three"]
    assert kept.duplicates == 0


@pytest.mark.parametrize("folder", [True, False])
def test_what_is_no_mailbox(tmp_path: Path, folder: bool) -> None:  # noqa: FBT001
    path = tmp_path if folder else tmp_path / "nothing"
    with pytest.raises(ListenerError):
        asyncio.run(watch(path, Memory()).run(Kept().take))
