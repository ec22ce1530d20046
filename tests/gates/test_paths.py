from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.gates.lint import ROOT
from tests.gates.tree import files, place

BIG = 1_000_000


def marks() -> list[str]:
    """Return paths of this machine that mean nothing on another: the checkout, the home, a private Python."""
    places = [ROOT, *(home for home in (Path.home(),) if home.parts[1:2] in (("home",), ("Users",)))]
    base = Path(sys.base_prefix)
    places += [base] if base.parts[1:2] != ("usr",) else []
    # One-part paths such as /src are words that may stand anywhere.
    return [str(path) for path in places if len(path.parts) > 2]


def found(text: str, places: list[str]) -> list[str]:
    return [mark for mark in places if re.search(re.escape(mark) + r"(?![\w-])", text)]


def test_no_file_names_a_path_of_this_machine() -> None:
    bad = []
    for path in files():
        data = path.read_bytes()
        if (
            b"\0" not in data[:8192]
            and len(data) < BIG
            and (hits := found(data.decode(errors="replace"), marks()))
        ):
            bad.append(f"{place(path)}: {hits}")
    assert not bad, f"use a relative path, or a place that every machine has: {bad}"


def test_a_path_is_found_and_a_longer_name_is_not() -> None:
    assert found("see /data/ann/src/x.py", ["/data/ann"])
    assert not found("see /data/anna", ["/data/ann"])
