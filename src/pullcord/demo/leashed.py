"""``python -m pullcord.demo.leashed …``: ``pullcord …``, which ends when the process that started it ends."""

from __future__ import annotations

import os
import sys

from pullcord.demo.lifeline import die_with_parent

if __name__ == "__main__":
    die_with_parent()
    os.execv(sys.executable, [sys.executable, "-m", "pullcord", *sys.argv[1:]])  # noqa: S606  (no shell; the wish stays)
