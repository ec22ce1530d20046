"""Nothing of the plant outlives the one who started it, not even after ``kill -9``."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY = 0.25
_GRACE = 2.0


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux ``prctl(2)``).

    For processes whose parent has one thread: the signal comes when the thread that forked ends.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0 or os.getppid() == 1:
        sys.exit("the process that started this one is gone")


def stop_after(parent: int) -> None:
    """End this process once ``parent`` (a process id) is no longer its parent; looks 4 times a second.

    By SIGTERM, and 2 s later by SIGKILL.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="lifeline").start()
