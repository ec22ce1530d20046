"""``pullcord report``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, FOLDER, json_option, print_line


@click.command("report")
@click.argument("incident_id")
@click.option("--state", type=FOLDER, help="State folder, or the --out folder of `respond`.")
@click.option("--out", type=FILE, help="Where to write it (default: <incident>.html here).")
@json_option
def command(incident_id: str, state: Path | None, out: Path | None, as_json: bool) -> None:
    """Write the report of one incident as a single HTML file."""
    from pullcord.app.files import write_whole
    from pullcord.app.incidents import shown
    from pullcord.app.places import state_folder
    from pullcord.app.report import render

    document = shown(state_folder(state), incident_id)
    path = out or Path(f"{document.id}.html")
    write_whole(path, render(document).encode())
    if as_json:
        print_line({"incident_id": document.id, "report": str(path)})
    else:
        click.echo(f"Wrote {path}")
