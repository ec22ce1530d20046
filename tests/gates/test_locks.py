from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gates.lint import ROOT

CURE = "run ./dev lock"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def extras() -> dict[str, list[str]]:
    result: dict[str, list[str]] = project()["project"].get("optional-dependencies", {})
    return result


def wanted() -> dict[str, list[str]]:
    """Return lock name -> the requirements of pyproject.toml that it must satisfy."""
    groups = project()["dependency-groups"]
    core = [*project()["project"]["dependencies"], *groups["build"]]
    everything = [line for lines in extras().values() for line in lines]
    locks = {"core": core, "dev": [*core, *everything, *groups["dev"]]}
    return locks | {name: [*core, *lines] for name, lines in extras().items()}


def lock(name: str) -> str:
    path = ROOT / "requirements" / f"{name}.txt"
    assert path.exists(), f"no lock for {name}: {CURE}"
    return path.read_text(encoding="utf-8")


def pins(text: str) -> dict[str, set[str]]:
    """Return package -> versions (several where they depend on the Python version)."""
    result: dict[str, set[str]] = {}
    for name, version in PIN.findall(text):
        result.setdefault(canonicalize_name(name), set()).add(version)
    return result


@pytest.mark.parametrize("name", wanted())
def test_a_lock_satisfies_pyproject(name: str) -> None:
    have = pins(lock(name))
    bad = []
    for line in wanted()[name]:
        need = Requirement(line)
        versions = have.get(canonicalize_name(need.name), set())
        if not versions or not all(
            need.specifier.contains(version, prereleases=True) for version in versions
        ):
            bad.append(line)
    assert not bad, f"requirements/{name}.txt lacks {bad}: {CURE}"


@pytest.mark.parametrize("name", wanted())
def test_every_pin_has_a_hash_and_no_address(name: str) -> None:
    text = lock(name)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert all("--hash=sha256:" in entry for entry in entries if PIN.match(entry)), CURE
    assert len(entries) == sum(map(len, pins(text).values())), f"an entry without a version: {CURE}"
    bad = [line for line in text.splitlines() if re.search(r"://|--(extra-)?index|--find-links|@ file", line)]
    assert not bad, f"a lock names no place: {bad}; {CURE}"


def test_every_lock_agrees_with_the_core_lock() -> None:
    core = pins(lock("core"))
    others = {name: pins(lock(name)) for name in wanted() if name != "core"}
    split = [
        (name, package) for name, have in others.items() for package in core if have[package] != core[package]
    ]
    assert not split, f"one version of a package everywhere: {split}; {CURE}"


def test_no_lock_is_left_over() -> None:
    found = {path.stem for path in Path(ROOT, "requirements").glob("*.txt")}
    assert found == set(wanted()), f"locks and extras differ: {found ^ set(wanted())}"
