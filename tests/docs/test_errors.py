from __future__ import annotations

import ast
import re
from collections import Counter

from tests.gates.lint import ROOT
from tests.gates.tree import PACKAGE, parse, place, python_files

PAGE = ROOT / "docs" / "reference" / "errors.md"
ROW = re.compile(r"^\| (PC-\d{4}) \| [^|]+ \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
CODE = re.compile(r"PC-\d{4}")


def codes() -> list[tuple[str, str]]:
    """``(code, place)`` of each error class of the package that sets a code."""
    found = []
    for path in python_files("src"):
        if not path.is_relative_to(PACKAGE):
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef):
                found += [(code, f"{place(path)}: {node.name}") for code in codes_of(node)]
    return found


def codes_of(node: ast.ClassDef) -> list[str]:
    """The values given to ``code`` in the body of a class."""
    values = []
    for line in node.body:
        if not isinstance(line, ast.Assign | ast.AnnAssign):
            continue
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        named = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
        text = line.value.value if isinstance(line.value, ast.Constant) else None
        if named and isinstance(text, str) and text.startswith("PC-"):
            values.append(text)
    return values


def test_a_code_is_read_however_it_is_written() -> None:
    source = 'class A:\n    code: ClassVar[str] = "PC-0007"\nclass B:\n    code = "PC-0008"\n    other = "PC-0009"\n'
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    assert [codes_of(node) for node in classes] == [["PC-0007"], ["PC-0008"]]


def test_every_code_belongs_to_one_error() -> None:
    found = codes()
    counts = Counter(code for code, _ in found)
    shared = [f"{code} at {where}" for code, where in found if counts[code] > 1]
    assert found
    assert not shared, f"give each its own code: {shared}"


def test_every_code_is_well_formed() -> None:
    wrong = [f"{code} at {where}" for code, where in codes() if not CODE.fullmatch(code)]
    assert not wrong, f"write PC- and four digits: {wrong}"


def test_the_page_lists_every_code_once_and_no_other() -> None:
    listed = Counter(ROW.findall(PAGE.read_text(encoding="utf-8")))
    twice = sorted(code for code, count in listed.items() if count > 1)
    assert not twice, f"docs/reference/errors.md lists these twice: {twice}"
    known = dict(codes())
    lacking = sorted(f"{code} ({known[code]})" for code in known.keys() - listed.keys())
    assert not lacking, f"add these to docs/reference/errors.md, with meaning and cure: {lacking}"
    stale = sorted(listed.keys() - known.keys())
    assert not stale, f"docs/reference/errors.md lists codes that no error has: {stale}"


def test_the_page_names_no_code_outside_its_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    known = {code for code, _ in codes()}
    assert set(CODE.findall(text)) <= known
