"""Options and output that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullcord.model.inventory import Inventory

F = TypeVar("F", bound="Callable[..., Any]")

# Files are opened by the readers, which say what to do; click only hands the names on.
FILE = click.Path(path_type=Path, allow_dash=True)
FOLDER = click.Path(path_type=Path, file_okay=False)


def json_option(command: F) -> F:
    """``--json``: always accepted; commands that print NDJSON print it anyway."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def files_argument(command: F) -> F:
    """One or more input files."""
    return click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")(command)


def print_line(value: object) -> None:
    """One JSON object on a line of its own."""
    import msgspec

    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")


def inventory_of(path: Path | None) -> Inventory:
    """The inventory in a file, or an empty one."""
    from pullcord.app.inventory import empty_inventory, read_inventory

    return empty_inventory() if path is None else read_inventory(path)
