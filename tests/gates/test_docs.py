from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.examples import problems, read_page
from tests.gates.lint import ROOT
from tests.gates.tree import files, place

PAGES = [
    place(path)
    for path in files()
    if path.suffix == ".md" and (path == ROOT / "README.md" or path.is_relative_to(ROOT / "docs"))
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_a_page_do_what_it_says(name: str, tmp_path: Path) -> None:
    page = read_page((ROOT / name).read_text(encoding="utf-8"))
    wrong = problems(page, tmp_path)
    assert not wrong, (
        f"{name}: correct the page or the program (tests/gates/examples.py says how):\n" + "\n".join(wrong)
    )
