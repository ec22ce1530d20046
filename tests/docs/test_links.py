from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gates.lint import ROOT
from tests.gates.tree import files, place

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
PAGES = [place(path) for path in files() if path.suffix == ".md"]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings: lower case, no punctuation, hyphens for blanks."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    }


def broken(path: Path) -> list[str]:
    """Links of a page that lead nowhere within the repository."""
    lost = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            lost.append(link)
    return lost


@pytest.mark.parametrize("name", PAGES)
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    assert not broken(ROOT / name), f"{name}: correct these links"


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A heading, here\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#a-heading-here) [c](gone.md) [d](there.md#no) [e](https://example.com/x)",
        encoding="utf-8",
    )
    assert broken(page) == ["gone.md", "there.md#no"]
