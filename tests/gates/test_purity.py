from __future__ import annotations

import ast

import pytest

from tests.gates.rooms import ROOMS
from tests.gates.tree import PACKAGE, parse, place, python_files

# What the import table cannot see: files reached through builtins and pathlib.
CALLS = {"open", "input", "print", "breakpoint", "__import__"}
METHODS = {
    "chmod",
    "hardlink_to",
    "mkdir",
    "open",
    "read_bytes",
    "read_text",
    "rmdir",
    "symlink_to",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
}


def reaches(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and text of each call that reaches files or the terminal."""
    return [
        (node.lineno, ast.unparse(node.func))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in CALLS)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in METHODS)
        )
    ]


def impure_imports(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and name of each import of urllib other than urllib.parse."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return [
        (line, name)
        for line, name in found
        if name.split(".")[0] == "urllib" and not f"{name}.".startswith("urllib.parse.")
    ]


def test_rooms_that_judge_touch_no_file() -> None:
    judges = {name for name, row in ROOMS.items() if not row.acts}
    found = [
        f"{place(path)}:{line}: {call}"
        for path in python_files("src")
        if path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).parts[0].removesuffix(".py") in judges
        for line, call in reaches(parse(path)) + impure_imports(parse(path))
    ]
    assert not found, f"take the bytes as an argument, or read content through pullcord.content: {found}"


@pytest.mark.parametrize("code", ["open('x')", "path.write_text('x')", "Path('x').open()", "print(1)"])
def test_a_reach_is_found(code: str) -> None:
    assert reaches(ast.parse(code))


def test_plain_code_is_not() -> None:
    assert not reaches(ast.parse("sorted(x); x.append(1); json.loads(text)"))


def test_urllib_is_for_parsing_only() -> None:
    bad = (
        "import urllib\nimport urllib.request\nfrom urllib import error\nfrom urllib.request import urlopen\n"
    )
    assert len(impure_imports(ast.parse(bad))) == bad.count("\n")
    good = "import urllib.parse\nfrom urllib import parse\nfrom urllib.parse import urlsplit\n"
    assert not impure_imports(ast.parse(good))
