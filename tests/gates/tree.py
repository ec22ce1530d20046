"""The files of the repository, as the gates see them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.gates.lint import ROOT

PACKAGE = ROOT / "src" / "pullcord"
SKIP = {".git", ".venv", "__pycache__", "node_modules", "build", "dist"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Return every file that is or could be committed; without git every file but the usual by-products."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        listed = None
    if listed is not None and listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return sorted(path for name in names if name and (path := ROOT / name).is_file())
    return sorted(path for path in walk(ROOT) if path.is_file())


def walk(folder: Path) -> Iterator[Path]:
    """Yield paths under a folder without its by-products."""
    for path in folder.iterdir():
        if path.name in SKIP or path.name.endswith("_cache"):
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)


def python_files(*folders: str) -> list[Path]:
    """Return the Python files under some folders of the repository, and `dev`."""
    roots = [ROOT / folder for folder in folders]
    return [
        path
        for path in files()
        if path == ROOT / "dev" or (path.suffix == ".py" and any(path.is_relative_to(root) for root in roots))
    ]


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> list[Function]:
    """Return all functions and methods, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def place(path: Path) -> str:
    """Return a path as people write it: relative to the repository."""
    return path.relative_to(ROOT).as_posix()
