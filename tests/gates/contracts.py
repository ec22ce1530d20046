"""Turns the table in `rooms` into import-linter contracts for the rooms that exist, and checks them.

``python -m tests.gates.contracts [FOLDER]`` checks the package ``pullcord`` in FOLDER (default ``src``): exit
code 1 and import-linter's report if a contract is broken. One contract per room, one for the package's own
file, one per OT library. They look at direct imports: every room has its own contract, so a chain breaks
where it leaves the rules. Source: import-linter's "forbidden" contract, https://import-linter.readthedocs.io/.
"""

from __future__ import annotations

import configparser
import sys
import tempfile
from pathlib import Path

import grimp
from importlinter.cli import lint_imports

from tests.gates.rooms import INPUT_OUTPUT, OT_LIBRARIES, ROOMS, Room

PACKAGE = "pullcord"
CURE = (
    "Move the code to the room that may do this, or go through pullcord.ports; the table is gates/rooms.py."
)

Contract = dict[str, str]


def full(names: list[str]) -> str:
    """Return module names under the package, as import-linter wants a list: one a line."""
    return "\n".join(f"{PACKAGE}.{name}" for name in names)


def forbidden(sources: str, targets: str, *, ignore: str = "", whole: bool = True) -> Contract:
    """Return one contract: the sources import none of the targets directly."""
    return {
        "type": "forbidden",
        "source_modules": sources,
        "forbidden_modules": targets,
        "allow_indirect_imports": "true",
        "as_packages": str(whole),
        "ignore_imports": ignore,
        "unmatched_ignore_imports_alerting": "none",
        "broken_contract_guidance": CURE,
    }


def allowed_packages(room: str, row: Room) -> set[str]:
    """Return the top-level names outside the package that a room may import."""
    standard = set(sys.stdlib_module_names) - (set() if row.acts else set(INPUT_OUTPUT.split()))
    # An OT library is let through here where its own, stricter contract has an exception in this room.
    reach = {library for library, where in OT_LIBRARIES.items() if room in where.replace(".", " ").split()}
    return standard | set(row.packages.split()) | reach


def contracts(rooms: list[str], outside: list[str]) -> dict[str, Contract]:
    """Return the contracts for existing rooms and the outside packages that anything imports."""
    result = {}
    for room in rooms:
        row = ROOMS[room]
        others = [other for other in rooms if other != room and other not in row.rooms.split()]
        packages = [name for name in outside if name not in allowed_packages(room, row)]
        targets = "\n".join(filter(None, [full(others), *packages]))
        if targets:
            result[room] = forbidden(full([room]), targets)
    third_party = [name for name in outside if name not in sys.stdlib_module_names]
    result["package file"] = forbidden(PACKAGE, "\n".join([full(rooms), *third_party]), whole=False)
    for library, where in OT_LIBRARIES.items():
        sources = [room for room in rooms if room not in where.split()]
        exceptions = "\n".join(
            f"{PACKAGE}.{module} -> {library}" for module in where.split() if "." in module
        )
        result[f"OT library {library}"] = forbidden(full(sources), library, ignore=exceptions)
    return result


def configuration() -> configparser.ConfigParser | str:
    """Return import-linter's configuration for the package as it is on the path, or what to do first."""
    graph = grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)
    rooms = sorted(name.partition(".")[2] for name in graph.find_children(PACKAGE))
    if unknown := [room for room in rooms if room not in ROOMS]:
        return f"no import rules for {', '.join(unknown)}: add a row to tests/gates/rooms.py\n"
    outside = sorted(name for name in graph.modules if name.partition(".")[0] != PACKAGE)
    config = configparser.ConfigParser(interpolation=None)
    config["importlinter"] = {"root_package": PACKAGE, "include_external_packages": "true"}
    for name, contract in contracts(rooms, outside).items():
        config[f"importlinter:contract:{name.replace(' ', '-')}"] = {"name": name, **contract}
    return config


def main(arguments: list[str]) -> int:
    """Check the contracts of the package in a folder; returns the exit code."""
    folder = Path(arguments[0] if arguments else "src").resolve()
    sys.path.insert(0, str(folder))
    config = configuration()
    if isinstance(config, str):
        sys.stdout.write(config)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "importlinter.ini"
        with file.open("w", encoding="utf-8") as stream:
            config.write(stream)
        return lint_imports(config_filename=str(file), no_cache=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
