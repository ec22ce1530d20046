"""``pullcord respond``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, FOLDER, files_argument, inventory_of, json_option, print_line


@click.command("respond")
@files_argument
@click.option("--inventory", type=FILE, required=True, help="What stands in the plant (YAML).")
@click.option("--out", type=FOLDER, required=True, help="Where to write results and state.")
@click.option("--simulate", is_flag=True, help="Simulate responders and approvals; every page says so.")
@json_option
def command(files: tuple[Path, ...], inventory: Path, out: Path, simulate: bool, as_json: bool) -> None:
    """Take recorded telemetry through all six phases.

    Plans only, unless --simulate; it never touches a live responder. With the same inputs and folder it goes on
    where it was stopped.
    """
    from pullcord.app.judging import Judging
    from pullcord.app.respond import Recording, Run
    from pullcord.cli.progress import progress
    from pullcord.cli.tables import incident_table

    judging = Judging(inventory_of(inventory))
    with progress() as shown:
        run = Run(Recording(files, out, judging, simulate), progress=shown)
        incidents = run.execute()
    if as_json:
        print_line({"out": str(out), "incidents": len(incidents)})
        return
    incident_table(incidents)
    count = len(incidents)
    click.echo(
        f"{count} incident{'' if count == 1 else 's'} in {out}: index.json, incidents/<id>/report.html"
    )
