"""``pullcord demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FOLDER, json_option, print_line

if TYPE_CHECKING:
    from pullcord.model.incident import Incident, PhaseName

_MEANING = {
    "contain": "contained",
    "investigate": "investigated",
    "recover": "recovery planned",
    "learn": "lessons drawn, closed",
}


@click.command("demo")
@click.option("--once", is_flag=True, help="Exit when the incident is closed (this release always does).")
@click.option("--out", type=FOLDER, default=Path("pullcord-demo"), show_default=True, help="Where to write.")
@json_option
def command(once: bool, out: Path, as_json: bool) -> None:
    """Attack a recorded example plant and carry the incident through all six phases.

    The plant and its morning are invented and recorded; responders and approvals are simulated.
    """
    del once
    from pullcord.app.demo import play
    from pullcord.cli.progress import progress
    from pullcord.cli.tables import clean

    def told(incident: Incident, phase: PhaseName) -> None:
        if not as_json:
            click.echo(clean(f"  {incident.id}  {_MEANING.get(phase.value, phase.value)}"))

    if not as_json:
        click.echo("A recorded morning at an invented plant; responders and approvals are SIMULATED.")
    with progress() as shown:
        incidents = play(out, shown, told)
    if as_json:
        print_line({"out": str(out), "incidents": len(incidents)})
        return
    _story(out, incidents)


def _story(out: Path, incidents: list[Incident]) -> None:
    """What happened, for each incident, and where to go on."""
    from pullcord.app.incidents import shown
    from pullcord.cli.incident import print_document

    for incident in incidents:
        click.echo("")
        print_document(shown(out / "state", incident.id))
        click.echo(f"\nReport: {out / 'incidents' / incident.id / 'report.html'}")
    click.echo(f"All files: {out}   Look closer: pullcord incident show ID --state {out}")
    click.echo("Try your own: pullcord investigate your.otlp.jsonl")
