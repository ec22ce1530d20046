from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.gates.lint import ROOT
from tests.gates.tree import PACKAGE, functions, parse, place, python_files

NAMES = {"__init__.py", "__main__.py", "ports.py"}
FOLDERS = {"migrations"}


def declares_only(body: list[ast.stmt]) -> bool:
    """Whether a function body does nothing: a docstring, `...` or `pass`."""
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )


def behaves(tree: ast.Module) -> bool:
    """Whether a module has behaviour: any function that does something."""
    return any(not declares_only(function.body) for function in functions(tree))


def test_every_file_with_behaviour_has_its_test() -> None:
    lacking = []
    for path in python_files("src"):
        if not path.is_relative_to(PACKAGE) or path.name in NAMES or FOLDERS & set(path.parts):
            continue
        inside = path.relative_to(PACKAGE)
        mirror = ROOT / "tests" / inside.parent / f"test_{inside.name}"
        if behaves(parse(path)) and not mirror.exists():
            lacking.append(f"{place(path)} -> {place(mirror)}")
    assert not lacking, f"write these tests, at the same path: {lacking}"


def asserts(function: ast.AST) -> bool:
    """Whether a test can fail by itself: assert, pytest.raises, or a helper called check or assert."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in {"raises", "warns", "fail", "deprecated_call"} or name.startswith(("check", "assert")):
                return True
    return False


def test_every_test_can_fail() -> None:
    idle = [
        f"{place(path)}:{node.lineno}: {node.name}"
        for path in python_files("tests")
        if path.name.startswith("test_")
        for node in functions(parse(path))
        if node.name.startswith("test_") and not asserts(node)
    ]
    assert not idle, f"these assert nothing: {idle}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class Noun:\n    '''A noun.'''\n    name: str = ''\n", False),
        ("class Port:\n    def read(self) -> bytes:\n        '''Read.'''\n        ...\n", False),
        ("class Noun:\n    def __post_init__(self) -> None:\n        self.check()\n", True),
        ("async def act() -> int:\n    return 1\n", True),
    ],
)
def test_behaviour_is_told_from_declaration(source: str, expected: bool, tmp_path: Path) -> None:  # noqa: FBT001
    path = tmp_path / "a.py"
    path.write_text(source, encoding="utf-8")
    assert behaves(parse(path)) is expected
