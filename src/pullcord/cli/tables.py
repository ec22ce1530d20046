"""Tables on the terminal; attacker-written text is shown as text, never as markup or control codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullcord.model.incident import Incident

_MOST_ROWS = 30


def clean(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in text)


def incident_table(incidents: Sequence[Incident], most: int = _MOST_ROWS) -> None:
    """Print incidents, the gravest first; at most ``most`` of them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pullcord.model.times import to_rfc3339

    table = Table(box=None, pad_edge=False)
    for title in ("severity", "incident", "type", "first seen", "production", "title"):
        table.add_column(title, no_wrap=title != "title")
    ordered = sorted(incidents, key=lambda one: (-one.severity.rank, one.first_time, one.id))
    for one in ordered[:most]:
        cells = (
            one.severity.value,
            one.id,
            one.type,
            to_rfc3339(one.first_time)[:19],
            one.production_at_risk.value,
            one.title,
        )
        table.add_row(*(Text(clean(cell)) for cell in cells))
    console = Console()
    console.print(table)
    if len(ordered) > most:
        console.print(f"… and {len(ordered) - most} more", markup=False)
