"""Tables on the terminal; attacker-written text is shown as text, never as markup or control codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullcord.model.incident import Incident

_MOST_ROWS = 30
_WIDE = 110


def clean(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in text)


def incident_table(incidents: Sequence[Incident], most: int = _MOST_ROWS) -> None:
    """Print incidents, the gravest first; at most ``most`` of them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pullcord.model.times import to_rfc3339

    console = Console()
    wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False)
    table.add_column("severity", no_wrap=True)
    # The id is never cut: people copy it into the next command.
    table.add_column("incident", no_wrap=True, min_width=24)
    if wide:
        table.add_column("first seen (UTC)", no_wrap=True)
        table.add_column("production", no_wrap=True)
    table.add_column("title", ratio=1)
    ordered = sorted(incidents, key=lambda one: (-one.severity.rank, one.first_time, one.id))
    for one in ordered[:most]:
        cells = [one.severity.value, one.id, one.title]
        if wide:
            cells[2:2] = [to_rfc3339(one.first_time)[:19], f"risk: {one.production_at_risk.value}"]
        table.add_row(*(Text(clean(cell)) for cell in cells))
    console.print(table)
    if len(ordered) > most:
        console.print(f"… and {len(ordered) - most} more", markup=False)
