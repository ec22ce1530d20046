"""Use case: the demo: writes the recording and the plant, then responds to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pullcord import content
from pullcord.app.files import write_whole
from pullcord.app.inventory import read_inventory
from pullcord.app.judging import Judging
from pullcord.app.progress import Progress
from pullcord.app.respond import Recording, Run
from pullcord.model.incident import Incident, PhaseName


def play(out: Path, progress: Progress, on_phase: Callable[[Incident, PhaseName], None]) -> list[Incident]:
    """Respond to the recorded attack in ``out``, simulated; returns the incidents.

    Raises:
        UsageError: ``out`` holds another run.
    """
    from pullcord.demo.recording import lines

    recording, plant = out / "recording.ndjson", out / "plant.yaml"
    write_whole(recording, "".join(f"{line}\n" for line in lines()).encode())
    write_whole(plant, content.read("demo", "plant.yaml"))
    judging = Judging(read_inventory(plant))
    job = Recording([recording], out, judging, simulate=True)
    return Run(job, progress=progress, on_phase=on_phase).execute()
