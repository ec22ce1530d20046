"""The adapters of each port. A new one joins its list and has to keep the same contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pullcord.ports import Lake, State, Vault
from pullcord.store.lake import open_lake
from pullcord.store.sqlite import Journal
from pullcord.store.state import open_state
from pullcord.store.vault import open_vault


def _rollback_state(folder: Path) -> State:
    return open_state(folder, journal=Journal.ROLLBACK)


def _compacted_lake(folder: Path) -> Lake:
    """The file lake, compacted after each append: answers may not depend on where events lie."""
    lake = open_lake(folder)
    append = lake.append

    def append_and_compact(segment: str, events: object) -> None:
        append(segment, events)  # type: ignore[arg-type]
        lake.compact()

    lake.append = append_and_compact  # type: ignore[method-assign]
    return lake


STATES: dict[str, Callable[[Path], State]] = {"sqlite": open_state, "sqlite-rollback": _rollback_state}
LAKES: dict[str, Callable[[Path], Lake]] = {"file": open_lake, "file-compacted": _compacted_lake}
VAULTS: dict[str, Callable[[Path], Vault]] = {"file": open_vault}
