"""The state folder: state, lake and vault, opened and closed together."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from pullcord.store.errors import StateFolderError
from pullcord.store.lake import FileLake, open_lake
from pullcord.store.state import SqlState, open_state
from pullcord.store.vault import FileVault, open_vault

LAKE = "lake"
VAULT = "vault"


class Store:
    """What one state folder keeps; made by :func:`open_folder`.

    Attributes:
        path: the folder.
        state: ``pullcord.ports.State``.
        lake: ``pullcord.ports.Lake``.
        vault: ``pullcord.ports.Vault``.
    """

    def __init__(self, path: Path, state: SqlState, lake: FileLake, vault: FileVault) -> None:
        self.path = path
        self.state = state
        self.lake = lake
        self.vault = vault

    def close(self) -> None:
        """Close all three and release the folder; more than once does no harm."""
        self.lake.close()
        # Last: it holds the lock under which the other two are written.
        self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_folder(path: Path, *, read_only: bool = False) -> Store:
    """Open a state folder, making it (mode 0700) as needed.

    Args:
        path: the folder.
        read_only: take no lock and change nothing; works while the owner runs.

    Raises:
        StateLockedError: another process owns the folder.
        StateTooNewError: written by a newer Pullcord.
        StateFolderError: it cannot be used, or (read-only) is not there.
    """
    path = path.absolute()
    if read_only and not path.is_dir():
        raise StateFolderError(f"there is no state folder {path}", "check --state")
    # The state first: its lock covers the other two.
    state = open_state(path, read_only=read_only)
    try:
        lake = open_lake(path / LAKE, read_only=read_only)
        vault = open_vault(path / VAULT, read_only=read_only)
    except BaseException:
        state.close()
        raise
    return Store(path, state, lake, vault)
