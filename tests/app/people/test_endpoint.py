from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.app.people.endpoint import NAME, Endpoint, read_endpoint, remove_endpoint, write_endpoint

URL = "http://127.0.0.1:8470"


def test_what_is_written_is_found_until_it_is_removed(tmp_path: Path) -> None:
    assert read_endpoint(tmp_path) is None
    write_endpoint(tmp_path, URL)
    assert read_endpoint(tmp_path) == Endpoint(url=URL, pid=os.getpid())
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    remove_endpoint(tmp_path)
    assert list(tmp_path.iterdir()) == []
    remove_endpoint(tmp_path)


def keep(folder: Path, pid: int, url: str = URL) -> None:
    (folder / NAME).write_bytes(msgspec.json.encode(Endpoint(url=url, pid=pid)))
    (folder / NAME).chmod(0o600)


def test_a_process_that_died_does_not_listen(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    keep(tmp_path, gone.pid)
    assert read_endpoint(tmp_path) is None
    keep(tmp_path, os.getpid())
    assert read_endpoint(tmp_path) is not None


def test_what_another_process_wrote_stays(tmp_path: Path) -> None:
    keep(tmp_path, os.getppid())
    remove_endpoint(tmp_path)
    assert (tmp_path / NAME).exists()


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_could_have_written_is_not_believed(tmp_path: Path, mode: int) -> None:
    keep(tmp_path, os.getpid())
    (tmp_path / NAME).chmod(mode)
    assert read_endpoint(tmp_path) is None


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://", "http://[", "nonsense"])
def test_an_address_that_is_none_is_not_believed(tmp_path: Path, url: str) -> None:
    keep(tmp_path, os.getpid(), url)
    assert read_endpoint(tmp_path) is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    keep(tmp_path, os.getpid())
    (tmp_path / NAME).rename(tmp_path / "elsewhere")
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    assert read_endpoint(tmp_path) is None


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100) | st.integers().map(lambda pid: b'{"url":"http://a","pid":%d}' % pid))
def test_garbage_means_that_nobody_listens(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    (tmp_path / NAME).chmod(0o600)
    found = read_endpoint(tmp_path)
    assert found is None or found.pid > 0
