"""``pullcord triage``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, files_argument, inventory_of, json_option, print_line


@click.command("triage")
@files_argument
@click.option("--folded", type=FILE, help="Write the findings that became no incident, counted.")
@click.option("--inventory", type=FILE, help="What stands in the plant (YAML).")
@json_option
def command(files: tuple[Path, ...], folded: Path | None, inventory: Path | None, as_json: bool) -> None:
    """Join findings into few incidents.

    Reads OCSF Detection Findings or what `pullcord detect` prints. Prints one line per incident when all input is
    read.
    """
    del as_json  # prints NDJSON anyway
    import msgspec

    from pullcord.app.clock import SystemClock
    from pullcord.app.files import write_whole
    from pullcord.app.inputs import Inputs
    from pullcord.app.judging import Judging
    from pullcord.app.triage import folded_line, join, to_line
    from pullcord.cli.progress import progress

    inputs = Inputs(files, SystemClock())
    judging = Judging(inventory_of(inventory))
    with progress() as shown:
        shown.stage("Triage", None)
        triaged = join(inputs, judging)
    for incident in triaged.incidents:
        print_line(to_line(incident))
    if folded is not None:
        lines = [msgspec.json.encode(folded_line(one)) + b"\n" for one in triaged.folded]
        write_whole(folded, b"".join(lines))
