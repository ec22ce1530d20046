"""Programs that die: run by the crash tests in a process of their own, by ``python -m tests.store.dying``.

``compact FOLDER N``: compacts a lake and exits with code 9, as abruptly as by kill -9, at the Nth call that makes
something durable; code 0 if there were fewer. ``work FOLDER``: writes for ever and says on stdout, one line each,
what was acknowledged.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pullcord.store.folder import open_folder
from pullcord.store.lake import open_lake
from tests.contracts.nouns import event, finding, incident, receipt


def compact(folder: Path, place: int) -> None:
    """Compact, dying just before the call of number ``place`` (from 1)."""
    calls = itertools.count(1)

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **options: object) -> object:
            if next(calls) == place:
                os._exit(9)
            return function(*args, **options)

        return call

    lake = open_lake(folder)
    os.fsync = deadly(os.fsync)
    Path.replace = deadly(Path.replace)  # type: ignore[method-assign]
    Path.unlink = deadly(Path.unlink)  # type: ignore[method-assign]
    lake.compact()


def work(folder: Path) -> None:
    """Write to state, lake and vault for ever; each number is said once all of it was acknowledged."""
    with open_folder(folder) as store:
        with store.state.transaction() as tx:
            start = int(tx.meta("next") or 0)
        for number in itertools.count(start):
            name = f"{number:06d}"
            store.lake.append(f"s-{name}", [event(f"{name}-{part}", number) for part in "ab"])
            store.vault.put(name.encode(), media_type="t", description="d", incident_id=name, time=number)
            with store.state.transaction() as tx:
                tx.claim_events([f"{name}-a", f"{name}-b"], number)
                tx.put_findings([finding(name, number)])
                tx.put_incident(incident(name, number))
                tx.put_record(name, name, receipt(name))
                tx.set_meta("next", str(number + 1))
            if number % 5 == 4:
                store.lake.compact()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "compact":
        compact(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        work(Path(sys.argv[2]))
