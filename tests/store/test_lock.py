from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pullcord.store.errors import StateFolderError, StateLockedError
from pullcord.store.lock import OwnerLock


def test_the_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    first = OwnerLock(tmp_path / "lock")
    with pytest.raises(StateLockedError, match=f"in use by process {os.getpid()}"):
        OwnerLock(tmp_path / "lock")
    first.release()
    first.release()
    OwnerLock(tmp_path / "lock").release()


def test_a_dead_owner_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from pullcord.store.lock import OwnerLock;"
        "OwnerLock(pathlib.Path(sys.argv[1])); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path / "lock"], check=False).returncode == 9
    lock = OwnerLock(tmp_path / "lock")
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    lock.release()


def test_a_lock_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StateFolderError, match="cannot make the lock"):
        OwnerLock(tmp_path / "lock")
    assert not (tmp_path / "elsewhere").exists()
