"""How many kills each chaos test makes, and where it says what they cost."""

from __future__ import annotations

import json
import os

DEFAULT = 8
SHARES = {"live": 0.5, "intake": 0.25, "ingest": 0.125, "respond": 0.125}
"""Parts of all kills: the live workflow, intake over HTTP, the pipeline behind it, and the recorded workflow."""


def share(name: str) -> int:
    """Kills of one engine; `./dev test --chaos N` makes N in all, an ordinary run 8. At least one each."""
    total = int(os.environ.get("PULLCORD_CHAOS", str(DEFAULT)))
    if name == "live":
        return max(1, total - sum(share(other) for other in SHARES if other != "live"))
    return max(1, int(total * SHARES[name]))


def report(kills: int, lost: int, doubled: int) -> None:
    """Say what the kills of a test cost; `./dev test` adds it up."""
    place = os.environ.get("PULLCORD_CHAOS_REPORT")
    if place:
        line = json.dumps({"kills": kills, "lost": lost, "doubled": doubled}) + "\n"
        with open(place, "a", encoding="utf-8") as file:  # noqa: PTH123  (one write per line, from several processes)
            file.write(line)
