"""Where the state is: ``--state``, else ``PULLCORD_STATE``, else ``$XDG_STATE_HOME/pullcord``."""

from __future__ import annotations

import os
from pathlib import Path

from pullcord.model.errors import UsageError


def state_folder(given: Path | None) -> Path:
    """The state folder; of an ``--out`` folder of ``respond``, the state within.

    Raises:
        UsageError: there is no state there.
    """
    folder = given or _default()
    inner = folder / "state"
    found = inner if inner.is_dir() and not (folder / "state.sqlite").exists() else folder
    if not (found / "state.sqlite").exists():
        raise UsageError(
            f"{folder}: no Pullcord state there", "give --state, for example the --out of `respond`"
        )
    return found


def live_folder(given: Path | None) -> Path:
    """The state folder of live operation, whether or not it is there yet."""
    return (given or _default()).absolute()


def _default() -> Path:
    from_environment = os.environ.get("PULLCORD_STATE")
    if from_environment:
        return Path(from_environment)
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "pullcord"
