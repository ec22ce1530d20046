"""With the real OT writer; its PLC is not there, which it does not need for this."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.app.live.ot_process import OtProcess, OtWriterDownError, _answers
from pullcord.app.settings import OtSettings, Settings
from pullcord.model.ot import Switch
from pullcord.otwriter.keys import make_keys, sign_file
from tests.otwriter.plant import allowing

SWITCH = Switch(
    system="dosing",
    endpoint="opc.tcp://127.0.0.1:9/",
    node="ns=2;s=Request",
    manual="MANUAL",
    automatic=("AUTO",),
    readback="ns=2;s=Mode",
)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    private, public = make_keys(tmp_path / "keys")
    (tmp_path / "allow.json").write_bytes(msgspec.json.encode(allowing(SWITCH)))
    signature = sign_file(tmp_path / "allow.json", private)
    with tempfile.TemporaryDirectory(prefix="pc-") as run:
        (tmp_path / "writer.toml").write_text(
            f'socket = "{run}/private/s"\nallow_list = "allow.json"\nsignature = "{signature}"\n'
            f'public_key = "{public}"\nstate = "writer.state"\n'
        )
        yield Settings(folder=tmp_path, ot=OtSettings(socket=f"{run}/private/s", config="writer.toml"))


def socket_of(settings: Settings) -> Path:
    assert settings.ot is not None
    return settings.place(settings.ot.socket)


def gone(pid: int) -> bool:
    """Whether a process has ended, fetched by its parent or not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_answers_once_started_and_is_gone_after(settings: Settings) -> None:
    ours = OtProcess(settings)
    ours.start()
    pid = _answers(socket_of(settings))
    assert pid > 0
    ours.close()
    assert gone(pid)
    assert _answers(socket_of(settings)) == 0
    ours.close()


def test_one_that_a_killed_up_started_is_found_and_ended(settings: Settings) -> None:
    killed = OtProcess(settings)
    killed.start()
    pid = _answers(socket_of(settings))
    next_one = OtProcess(settings)
    next_one.start()
    assert _answers(socket_of(settings)) == pid, "it is not started twice"
    next_one.close()
    assert gone(pid)
    killed.close()


def test_one_that_somebody_else_started_is_left_alone(settings: Settings) -> None:
    theirs = OtProcess(settings)
    theirs.start()
    pid = _answers(socket_of(settings))
    note = socket_of(settings).with_name("s.pid")
    # Theirs has no note of ours: none at all, or one of a process that is long gone.
    for text in ("", f"{pid} 1", "rubbish"):
        note.write_text(text)
        ours = OtProcess(settings)
        ours.start()
        ours.close()
        assert not gone(pid)
    note.unlink()
    ours = OtProcess(settings)
    ours.start()
    ours.close()
    assert _answers(socket_of(settings)) == pid
    theirs.close()


def test_one_that_was_killed_itself_is_started_anew(settings: Settings) -> None:
    ours = OtProcess(settings)
    ours.start()
    pid = _answers(socket_of(settings))
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 5
    while _answers(socket_of(settings)) and time.monotonic() < end:
        time.sleep(0.01)
    again = OtProcess(settings)
    again.start()
    assert _answers(socket_of(settings)) not in {0, pid}
    again.close()
    ours.close()


def test_what_does_not_come_up_is_said_at_once(settings: Settings) -> None:
    (settings.folder / "allow.json").write_text("{}")
    begin = time.monotonic()
    with pytest.raises(OtWriterDownError, match="does not answer") as caught:
        OtProcess(settings).start()
    assert caught.value.cure
    assert time.monotonic() - begin < 8.0


def test_without_a_configuration_nothing_is_started(settings: Settings) -> None:
    bare = msgspec.structs.replace(settings, ot=OtSettings(socket=str(socket_of(settings))))
    for one in (bare, Settings()):
        made = OtProcess(one)
        made.start()
        made.close()
    assert _answers(socket_of(settings)) == 0
