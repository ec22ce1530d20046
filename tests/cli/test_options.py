from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.inventory import empty_inventory
from pullcord.cli.options import inventory_of, print_line
from pullcord.model.errors import PullcordError
from pullcord.model.event import LogSource
from tests.app.build import inventory


def test_a_line_is_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    print_line({"text": "two\nlines ü\x1b[31m"})
    print_line(LogSource(product="ai"))
    lines = capfd.readouterr().out.splitlines()
    assert lines == [
        '{"text":"two\\nlines ü\\u001b[31m"}',
        '{"product":"ai","category":null,"service":null}',
    ]


def test_without_a_file_the_inventory_is_empty(tmp_path: Path) -> None:
    assert inventory_of(None) == empty_inventory()
    assert inventory_of(inventory(tmp_path)).ai_systems
    with pytest.raises(PullcordError):
        inventory_of(tmp_path / "missing")
