from __future__ import annotations

import re
from pathlib import Path
from statistics import median

from tests.gates.tree import PACKAGE, functions, parse, place, python_files

FILE, FUNCTION, MEDIAN, HEAD = 400, 50, 120, 20
REASON = re.compile(r"^# long: \S+", re.MULTILINE)


def excused(path: Path) -> bool:
    """Whether the head of a file gives a reason for its length."""
    head = path.read_text(encoding="utf-8").splitlines()[:HEAD]
    return bool(REASON.search("\n".join(head)))


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def long_functions(path: Path) -> list[str]:
    spans = [(node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions(parse(path))]
    return [
        f"{place(path)}:{node.lineno}: {node.name}: {span} lines" for node, span in spans if span > FUNCTION
    ]


def test_no_file_is_longer_than_400_lines() -> None:
    sized = [(path, length(path)) for path in python_files("src", "tests", "bench", "examples")]
    long = [f"{place(path)}: {size} lines" for path, size in sized if size > FILE and not excused(path)]
    assert not long, f"split these, or say why in the head with `# long: <reason>`: {long}"


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        line for path in python_files("src", "tests", "bench", "examples") for line in long_functions(path)
    ]
    assert not long, f"take a step with a name out of each: {long}"


def test_the_median_file_is_short() -> None:
    sizes = [length(path) for path in python_files("src") if path.is_relative_to(PACKAGE)]
    assert median(sizes) <= MEDIAN, f"the median file has {median(sizes)} lines: split the longest"


def test_a_long_function_is_found(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("def long():\n" + "    x = 1\n" * FUNCTION, encoding="utf-8")
    spans = [(node.end_lineno or 0) - node.lineno + 1 for node in functions(parse(path))]
    assert spans == [FUNCTION + 1]
    assert not excused(path)
    path.write_text("# long: a table\n", encoding="utf-8")
    assert excused(path)
