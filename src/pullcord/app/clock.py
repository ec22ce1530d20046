"""The system's clocks."""

from __future__ import annotations

import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The clocks of this machine (implements :class:`pullcord.ports.Clock`)."""

    def now(self) -> int:
        """Nanoseconds UTC since the epoch."""
        return time.time_ns()

    def elapsed(self) -> int:
        """Nanoseconds since the machine started, sleep included; nobody can set this clock."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """What tells one start of this machine from another; empty where the kernel does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
