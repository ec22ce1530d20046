from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gates.lint import ROOT
from tests.gates.tree import parse, python_files


def imported() -> dict[str, str]:
    """Return package -> one file of src that imports it; the standard library and ourselves left out."""
    found: dict[str, str] = {}
    for path in python_files("src"):
        for node in ast.walk(parse(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += (
                [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            )
            found |= {name.partition(".")[0]: path.name for name in names}
    ours = {*sys.stdlib_module_names, "pullcord"}
    return {name: file for name, file in found.items() if name not in ours}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    lines += [line for extra in project.get("optional-dependencies", {}).values() for line in extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_what_is_imported_is_declared() -> None:
    providers = packages_distributions()
    lacking = [
        f"{name} (in {file})"
        for name, file in imported().items()
        if not declared() & {canonicalize_name(provider) for provider in providers.get(name, [])}
    ]
    assert not lacking, f"add these to dependencies in pyproject.toml, then ./dev lock: {lacking}"
