"""Read the inventory file: strict, bounded, every error with file, line, column and a cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pullcord.app.inventory_checks import check
from pullcord.app.yaml_tree import MAX_BYTES, Place, Tree, TreeError, load
from pullcord.model.errors import UsageError
from pullcord.model.inventory import Inventory

SCHEMA = "pullcord.inventory/1"

_AT = re.compile(r" - at `(?P<path>\$[^`]*)`")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]*)`")
_MOST_PROBLEMS = 20


class InventoryError(UsageError):
    """The inventory file cannot be used. The cause lists up to 20 problems, one per line."""

    code = "PC-0101"


def empty_inventory() -> Inventory:
    """The inventory of somebody who has none: every system is unregistered."""
    return Inventory(schema=SCHEMA, sites=())


def read_inventory(path: Path) -> Inventory:
    """Read an inventory file.

    Raises:
        InventoryError: it cannot be opened, is not what :func:`parse_inventory` takes, or is larger than 2 MiB.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InventoryError(f"{path}: {reason}", "give the path of a readable inventory file") from error
    return parse_inventory(data, str(path))


def parse_inventory(data: bytes, name: str) -> Inventory:
    """Read inventory bytes (YAML, schema ``pullcord.inventory/1``).

    Args:
        data: the file.
        name: what errors call it.

    Raises:
        InventoryError: bad YAML, unknown or missing fields, wrong values, names that are not unique, dependants
            that do not exist …; each as ``name:line:column: what; cure``.
    """
    try:
        tree = load(data)
    except TreeError as error:
        raise InventoryError(f"{_where(name, error.place)}: {error.cause}", error.cure) from error
    if not isinstance(tree.value, dict):
        raise InventoryError(f"{_where(name, (1, 1))}: not a mapping", f"begin with schema: {SCHEMA}")
    inventory = _convert(tree, name)
    problems = list(_problems(inventory, tree, name))
    if problems:
        shown = problems[:_MOST_PROBLEMS]
        more = len(problems) - len(shown)
        text = "\n".join(shown) + (f"\n… and {more} more" if more else "")
        raise InventoryError(text, "correct the lines named")
    return inventory


def _convert(tree: Tree, name: str) -> Inventory:
    schema = tree.value.get("schema")
    if schema != SCHEMA:
        place = tree.place("$.schema")
        found = "missing" if schema is None else repr(str(schema)[:60])
        raise InventoryError(f"{_where(name, place)}: schema is {found}", f"write schema: {SCHEMA}")
    try:
        return msgspec.convert(tree.value, Inventory)
    except msgspec.ValidationError as error:
        message = str(error)
        at = _AT.search(message)
        path = at["path"] if at else "$"
        unknown = _UNKNOWN.search(message)
        named = tree.places.get(f"{path}!{unknown['field']}") if unknown else None
        what = _AT.sub("", message)
        cure = (
            "remove it or correct its name" if unknown else "see docs/reference/inventory.md for this field"
        )
        raise InventoryError(f"{_where(name, named or tree.place(path))}: {what}", cure) from error


def _problems(inventory: Inventory, tree: Tree, name: str) -> Iterator[str]:
    for problem in check(inventory):
        yield f"{_where(name, tree.place(problem.path))}: {problem.what}; {problem.cure}"


def _where(name: str, place: Place) -> str:
    return f"{name}:{place[0]}:{place[1]}"
