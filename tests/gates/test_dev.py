from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.gates.lint import ROOT


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module that believes in another, empty repository."""
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # no `devc` beside the script
    loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("core", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").touch()
    (tmp_path / "pyproject.toml").write_text("project = {}\nbuild-system = {}\n", encoding="utf-8")
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python", "STAMP": venv / "stamp"}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.fixture
def ran(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands instead of running them; each returns 3."""
    commands: list[list[str]] = []

    def call(*command: object, **_: Any) -> int:  # noqa: ANN401  # takes what the real one takes
        commands.append([str(part) for part in command])
        return 3

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "ensure", lambda _: None)
    return commands


def test_it_works_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run([ROOT / "dev", "-h"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert {"demo", "test", "lint", "bench", "docs", "lock"} <= set(done.stdout.split())


def test_everything_after_demo_belongs_to_pullcord(dev: ModuleType, ran: list[list[str]]) -> None:
    assert dev.main(["demo", "--once", "-h"]) == 3
    assert ran[0][1:] == ["demo", "--once", "-h"]


def test_options_after_dashes_go_to_pytest(dev: ModuleType, ran: list[list[str]]) -> None:
    assert dev.main(["test", "--ci", "--", "-k", "x"]) == 3
    assert "--ci" in ran[0]
    assert ran[0][-3:] == ["-k", "x", "tests"]


def test_chaos_runs_only_chaos(dev: ModuleType, ran: list[list[str]]) -> None:
    assert dev.main(["test", "--chaos", "7"]) == 3
    assert ran[0][-1] == "tests/chaos"


def test_a_benchmark_cannot_lie_outside_bench(dev: ModuleType, ran: list[list[str]]) -> None:
    (dev.ROOT / "bench").mkdir()
    (dev.ROOT / "evil.py").touch()
    assert dev.main(["bench", "../evil"]) == 2
    assert ran == []
    (dev.ROOT / "bench" / "engine.py").touch()
    assert dev.main(["bench", "engine", "--rules", "200"]) == 3
    assert ran[0][1:] == [str(dev.ROOT / "bench" / "engine.py"), "--rules", "200"]


CALL = """
import runpy, sys
call = runpy.run_path({script!r})["call"]
print("code", call(sys.executable, "-c", {child!r}), flush=True)
"""
CHILD = """
import time
try:
    print("ready", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    time.sleep(0.6)
    print("ended in good order", flush=True)
    raise SystemExit(7)
"""


def test_ctrl_c_is_left_to_the_command_and_its_exit_code_is_passed_on() -> None:
    code = CALL.format(script=str(ROOT / "dev"), child=CHILD)
    with subprocess.Popen(
        [sys.executable, "-B", "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "ended in good order\ncode 7\n"
    assert process.returncode == 0


def test_a_command_that_is_not_there_or_was_killed_has_a_code(dev: ModuleType) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert dev.call(dev.ROOT / "nothing") == 127
    assert dev.call(sys.executable, "-c", "import os; os.kill(os.getpid(), 9)") == 137
    assert signal.getsignal(signal.SIGINT) is before


def stamp(dev: ModuleType, profile: str) -> None:
    """Make a `.venv` that claims to be complete: this interpreter and a stamp."""
    dev.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    if not dev.PYTHON.exists():
        dev.PYTHON.symlink_to(sys.executable)
    dev.STAMP.write_text(dev.json.dumps(dev.wanted_stamp(profile)), encoding="utf-8")


def test_a_complete_environment_is_kept(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "PROBE", {"core": "pass", "dev": "pass"})
    assert not dev.ready("core")
    stamp(dev, "core")
    assert (dev.ready("core"), dev.ready("dev")) == (True, False)
    stamp(dev, "dev")
    assert (dev.ready("core"), dev.ready("dev")) == (True, True)


def test_a_changed_lock_or_a_broken_interpreter_is_not(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "PROBE", {"core": "pass", "dev": "pass"})
    stamp(dev, "core")
    (dev.ROOT / "requirements" / "core.txt").write_text("a==1\n", encoding="utf-8")
    assert not dev.ready("core")
    stamp(dev, "core")
    assert dev.ready("core")
    dev.PYTHON.unlink()
    assert not dev.ready("core")
    dev.STAMP.write_text("{", encoding="utf-8")
    assert dev.read_stamp() == {}
