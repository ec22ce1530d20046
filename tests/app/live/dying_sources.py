"""Follows ``DIR/logs/*`` into a state folder until it is killed: ``python -m tests.app.live.dying_sources DIR``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pullcord.app.clock import SystemClock
from pullcord.app.live.listener_settings import FileListener
from pullcord.app.live.sources import Sources, StatePositions
from pullcord.app.settings import Settings
from tests.app.pipelines import running


def main(folder: Path) -> None:
    """Run; ``DIR/done`` ends it in order, when nothing more comes."""
    settings = Settings(folder=folder, listeners=(FileListener(name="gateway", paths=("logs/*",)),))
    with running(folder / "state") as (store, pipeline):
        sources = Sources(settings, pipeline.take, SystemClock(), StatePositions(store.state))
        sources.start()
        seen = -1
        while not (folder / "done").exists() or sources.health()["gateway"]["lines"] != seen:
            seen = sources.health()["gateway"]["lines"]
            time.sleep(1.5)
        sources.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
