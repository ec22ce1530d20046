"""What a thread that must go on says of an exception: where and which, never what telemetry it held."""

from __future__ import annotations

import traceback
from pathlib import Path

from pullcord.model.errors import PullcordError


def told(error: BaseException) -> str:
    """One line for the log.

    Errors of ours say what they say. Of others only type and place are told: their texts may hold whole records
    (those of a database driver hold the values it was given).
    """
    if isinstance(error, PullcordError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
