from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.gates.lint import ROOT
from tests.gates.test_locks import wanted
from tests.gates.tree import PACKAGE, files

# Imports every module of the package, warnings as errors; run where no source tree is on the path. What Alembic runs
# by its path (migrations/env.py) is no module; opening a state, which the demo does, runs it.
IMPORT_ALL = """
import importlib, pkgutil, pullcord
names = [found.name for found in pkgutil.walk_packages(pullcord.__path__, "pullcord.")]
for name in names:
    if not name.endswith(("__main__", "migrations.env")) and not name.startswith(LEFT_OUT):
        importlib.import_module(name)
print(len(names), pullcord.__file__)
"""

# Rooms whose modules import at their top what only an extra brings; everything else must import with the core alone.
EXTRAS = {
    "core": ("pullcord.demo.", "pullcord.otwriter."),
    "ot": ("pullcord.demo.",),
    "demo": (),
    "accel": ("pullcord.demo.", "pullcord.otwriter."),
}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from what is or could be committed, nothing else."""
    source = tmp_path_factory.mktemp("source")
    for path in files():
        if path.is_relative_to(PACKAGE) or path.parent == ROOT:
            copy = source / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", source / "out", cwd=source)
    return next((source / "out").glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("pullcord/")}
    ours = {path.relative_to(PACKAGE.parent).as_posix() for path in files() if path.is_relative_to(PACKAGE)}
    assert shipped == ours, f"see [tool.hatch.build] in pyproject.toml: {shipped ^ ours}"


@pytest.mark.needs("ci")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lock", [name for name in wanted() if name != "dev"])
def test_the_wheel_works_in_an_empty_environment(wheel: Path, lock: str, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    requirements = ROOT / "requirements" / f"{lock}.txt"
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", requirements, cwd=tmp_path)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=tmp_path)
    run(python, "-m", "pip", "check", cwd=tmp_path)
    code = f"LEFT_OUT = {EXTRAS[lock]!r}\n{IMPORT_ALL}"
    count, place = run(python, "-I", "-W", "error", "-c", code, cwd=tmp_path).split()
    assert int(count) > 0
    assert Path(place).is_relative_to(tmp_path)
    if lock == "demo":
        demo = run(tmp_path / "venv" / "bin" / "pullcord", "demo", "--once", "--json", cwd=tmp_path)
        assert json.loads(demo)["incidents"] == 2
    assert "pullcord" in run(tmp_path / "venv" / "bin" / "pullcord", "--help", cwd=tmp_path).lower()
