from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.components import CI, COMPONENTS, debian_packages
from tests.gates.lint import ROOT

ABSENT = "no-such-thing"
SUITE = f"""
import pytest
from tests import components

components.COMPONENTS["{ABSENT}"] = components.Component("{ABSENT}", "the thing", "buy one", ("{ABSENT}",))
components.COMPONENTS["shell"] = components.Component("shell", "scripts", "-", ("sh",))

@pytest.mark.needs("shell")
def test_present():
    assert True
"""
NEEDS = f"""
@pytest.mark.needs("{ABSENT}")
def test_absent():
    assert False
"""
UNKNOWN = """
@pytest.mark.needs("typo")
def test_typo():
    assert True
"""
SKIPS = """
def test_skips():
    pytest.skip("later")
"""


def run(folder: Path, code: str, *flags: str) -> tuple[int, str, str]:
    """Run a suite in its own pytest; returns exit code, output and the NOT RUN lines."""
    (folder / "test_suite.py").write_text(SUITE + code, encoding="utf-8")
    # A marker must be declared; the suite lies outside the repository's configuration.
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs(name)\n", encoding="utf-8")
    report = folder / "report"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.needs",
        "-q",
        "--not-run-report",
        str(report),
        *flags,
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, report.read_text(encoding="utf-8")


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_absent_component_is_listed(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, output, report = run(tmp_path, NEEDS.replace(ABSENT, "ci"), *workers)
    assert code == 0, output
    assert "1 passed" in output
    assert report == f"NOT RUN: ci: {CI.tests} (1 test); get it: {CI.get}\n"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_absent_component_fails_under_ci(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, output, _ = run(tmp_path, NEEDS, "--ci", *workers)
    assert code == 1
    assert f"needs {ABSENT}: buy one" in output


@pytest.mark.parametrize("flags", [(), ("--ci",), ("--ci", "-n", "2")], ids=["alone", "ci", "xdist"])
def test_a_skip_is_listed_and_fails_under_ci(tmp_path: Path, flags: tuple[str, ...]) -> None:
    code, output, report = run(tmp_path, SKIPS, *flags)
    assert code == (1 if flags else 0), output
    assert "NOT RUN: skipped: test_suite.py::test_skips" in report


def test_an_unknown_component_fails(tmp_path: Path) -> None:
    code, output, _ = run(tmp_path, UNKNOWN)
    assert code == 1
    assert "unknown component 'typo': add it to tests/components.py" in output


def test_all_components_say_how_to_get_them() -> None:
    assert all(name == component.name and component.get for name, component in COMPONENTS.items())


def test_debian_packages_come_from_the_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert debian_packages(tmp_path) == []
    code = "# mark.needs('docker')\n@pytest.mark.needs('chromium', 'typo')\ndef test_a():\n    pass\n"
    (tmp_path / "test_a.py").write_text(code, encoding="utf-8")
    assert debian_packages(tmp_path) == ["chromium"]
