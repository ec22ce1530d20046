"""Use case: the demo: a plant, an attack on it and a real Pullcord; then the results as ``respond`` writes them."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from pullcord.app.files import write_whole
from pullcord.app.inventory import read_inventory
from pullcord.app.judging import Judging
from pullcord.app.outputs import Outputs
from pullcord.demo.tale.progress import NAME, Bookmark
from pullcord.demo.tale.teller import Teller, Voice
from pullcord.model.errors import UsageError
from pullcord.model.event import Event
from pullcord.model.incident import Incident
from pullcord.model.noun import canonical
from pullcord.model.times import to_rfc3339
from pullcord.store.folder import Store, open_folder

__all__ = ["Teller", "Voice", "play"]

_NEEDED = ("asyncua", "supervisor", "openfeature", "opentelemetry.sdk")
_MOST_TRACES = 1_000


Linger = Callable[[str, Sequence[Incident]], bool]
"""Gets Pullcord's address and the incidents, waits about a second, and says whether to stay on."""


def play(out: Path, teller: Teller, linger: Linger | None = None) -> list[Incident]:
    """Live through the demo in ``out`` and write its results; goes on where an earlier run was killed.

    Args:
        out: a folder of its own. A demo that came to its end there is begun anew.
        teller: shows what happens.
        linger: called again and again once the results are written, while everything still runs; False or
            Ctrl-C ends it.

    Raises:
        UsageError: the demo's packages are missing, or ``out`` holds something else.
        PlantError: something did not happen that had to.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name.partition(".")[0]) is None]
    if missing:
        raise UsageError(
            f"the demo needs {', '.join(missing)}", "pip install 'pullcord[demo]', or use ./dev demo"
        )
    from pullcord.demo.tale.tale import tell

    folder = _folder(out, teller)
    incidents: list[Incident] = []

    def write() -> None:
        with open_folder(folder / "state", read_only=True) as store:
            incidents.extend(_results(folder, store, teller))
        Bookmark(folder).finish()

    tell(folder, teller, write, None if linger is None else lambda url: linger(url, incidents))
    return incidents


def _folder(out: Path, teller: Teller) -> Path:
    """The folder, empty or with an unfinished story in it."""
    folder = out.absolute()
    if (folder / NAME).exists():
        if Bookmark(folder).progress.finished:
            teller.say(
                Voice.NOTE, f"The demo in {out} came to its end; that folder is removed, a new one begins."
            )
            shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{out}: not empty, and no demo of this release", "name another folder with --out")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    Bookmark(folder).note("out", str(folder))
    return folder


def _results(folder: Path, store: Store, teller: Teller) -> list[Incident]:
    judging = Judging(read_inventory(folder / "plant" / "plant.yaml"), recorded=False)
    outputs = Outputs(folder, store, judging.learn)
    with store.state.transaction() as tx:
        incidents = list(tx.incidents())
    for incident in incidents:
        outputs.incident(incident)
    outputs.index(incidents)
    write_whole(folder / "recording.ndjson", _recording(store))
    write_whole(folder / "plant.yaml", (folder / "plant" / "plant.yaml").read_bytes())
    teller.say(Voice.CHAPTER, "A bit flips in the evidence")
    teller.say(Voice.REFUSED, _flipped(folder, store))
    return incidents


def _flipped(folder: Path, store: Store) -> str:
    """Change one bit in a copy of the vault and look whether it is noticed; says what the vault says."""
    from pullcord.store.vault import open_vault

    copy = folder / "vault-with-a-flipped-bit"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "state" / "vault", copy)
    first = store.vault.entries()[0]
    path = next(path for path in copy.rglob("*") if path.is_file() and first.digest[2:] in path.name)
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    problems = open_vault(copy, read_only=True).verify()
    if not problems:
        raise UsageError("a flipped bit was not noticed", "this is a mistake in Pullcord: please report it")
    whole = store.vault.verify()
    return f"one bit flipped in a copy of the evidence: {problems[0]}; the evidence itself: {len(whole)} problems"


def _recording(store: Store) -> bytes:
    """All events of the demo, as lines that ``pullcord investigate`` and ``respond`` read."""
    events: list[Event] = []
    for found in store.lake.by_trace(store.lake.trace_ids()[:_MOST_TRACES]).values():
        events += found
    return b"".join(_line(event) for event in sorted(events, key=lambda one: (one.time, one.id)))


def _line(event: Event) -> bytes:
    kept = json.loads(canonical(event))
    for name in ("received", "source", "trust", "raw_digest"):
        kept.pop(name)
    for name in ("time", "observed_time"):
        kept[name] = None if kept[name] is None else to_rfc3339(kept[name])
    return json.dumps({key: value for key, value in kept.items() if value is not None}).encode() + b"\n"
