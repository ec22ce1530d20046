"""What a restore takes along from the folder it replaces: all that a backup never holds, such as a stop and secrets."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pullcord.app.settings import NAME as SETTINGS
from pullcord.store.durable import TEMPORARY, private_folder, sync_file, sync_folder
from pullcord.store.folder import LAKE, VAULT
from pullcord.store.state import DATABASE, LOCK

STOPS = "stop"
ENDPOINT = "endpoint"
MOST_FILES = 1_000
MOST_BYTES = 64 * 1024 * 1024
"""Files that settings name are few and small; whatever is larger is left where it is and named."""
_OURS = frozenset({VAULT, LAKE, LOCK, ENDPOINT, DATABASE})


def carry_over(old: Path, new: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy what is in the old folder beside state, vault and lake: settings, stops, secrets, inventory, keys.

    Without its secrets a state cannot be started, and a restore must neither lift a stop nor give back a role.

    Returns:
        Names that were copied, and names that were not: too large, or neither file nor folder.
    """
    carried, left = [], []
    for path in sorted(old.iterdir()):
        if _is_ours(path.name):
            continue
        if path.name != STOPS and not _is_small(path):
            left.append(path.name)
            continue
        if path.name == SETTINGS:
            # Those in force win: a person whose role was taken since the backup must not have it again.
            (new / SETTINGS).unlink(missing_ok=True)
        _copy(path, new / path.name)
        carried.append(path.name)
    return tuple(carried), tuple(left)


def carry_stops(old: Path, new: Path) -> None:
    """Copy stops that are in the old folder and not in the new one."""
    if not (old / STOPS).is_dir():
        return
    target = private_folder(new / STOPS)
    for path in sorted((old / STOPS).iterdir()):
        if path.is_file() and not path.name.endswith(TEMPORARY) and not (target / path.name).exists():
            _copy(path, target / path.name)
    sync_folder(target)


def _is_ours(name: str) -> bool:
    # The journals of the database, and copies made before migrating, belong to the old state.
    return name in _OURS or name.startswith((f"{DATABASE}-", f"{DATABASE}.before-"))


def _is_small(path: Path) -> bool:
    if path.is_symlink() or path.is_file():
        return path.lstat().st_size <= MOST_BYTES
    if not path.is_dir():
        return False
    files = size = 0
    for top, _, names in os.walk(path):
        for name in names:
            found = Path(top, name)
            files, size = files + 1, size + found.lstat().st_size
            if files > MOST_FILES or size > MOST_BYTES or not (found.is_symlink() or found.is_file()):
                return False
    return True


def _copy(path: Path, target: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, target, symlinks=True)
        copied = [Path(top, name) for top, _, names in os.walk(target) for name in names]
    else:
        shutil.copy2(path, target, follow_symlinks=False)
        copied = [target]
    for one in copied:
        if one.is_file() and not one.is_symlink():
            sync_file(one)
