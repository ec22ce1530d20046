"""``pullcord incident list`` and ``pullcord incident show``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FOLDER, json_option, print_line

if TYPE_CHECKING:
    from pullcord.app.document import IncidentDocument

_STATE = click.option("--state", type=FOLDER, help="State folder, or the --out folder of `respond`.")


@click.group("incident")
def command() -> None:
    """List incidents or show one."""


@command.command("list")
@_STATE
@json_option
def list_command(state: Path | None, as_json: bool) -> None:
    """List incidents, the gravest first (--json: one per line, by first time)."""
    from pullcord.app.incidents import listed
    from pullcord.app.places import state_folder
    from pullcord.app.triage import to_line
    from pullcord.cli.tables import incident_table

    incidents = listed(state_folder(state))
    if as_json:
        for incident in incidents:
            print_line(to_line(incident))
    elif incidents:
        incident_table(incidents, most=len(incidents))
    else:
        click.echo("No incidents.")


@command.command("show")
@click.argument("incident_id")
@_STATE
@json_option
def show_command(incident_id: str, state: Path | None, as_json: bool) -> None:
    """Show one incident (--json: the whole document)."""
    from pullcord.app.document import to_json
    from pullcord.app.incidents import shown
    from pullcord.app.places import state_folder

    document = shown(state_folder(state), incident_id)
    if as_json:
        sys.stdout.buffer.write(to_json(document))
    else:
        print_document(document)


def print_document(document: IncidentDocument) -> None:
    """The short form of a document for the terminal."""
    from pullcord.app.report import standing, timeline
    from pullcord.cli.tables import clean

    stand = standing(document)
    lines = [
        f"{document.severity.value.upper()}  {document.title}",
        f"{document.id}  {document.type}  {'closed' if document.closed else 'open'}",
        "SIMULATED: nothing in a plant was changed and nobody was asked." if document.simulated else "",
        f"Production at risk: {document.production_at_risk.value}",
        f"{stand.verdict}. {stand.done} of {stand.total} actions carried out, {stand.confirmed} confirmed.",
        "",
        *(f"  {reason}" for reason in document.reasons),
        "",
        *(f"{moment.time}  {moment.kind:<9} {moment.what}" for moment in timeline(document)),
    ]
    for line in lines:
        click.echo(clean(line))
