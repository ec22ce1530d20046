"""``pullcord incident``: list, show, close, repair."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FOLDER, json_option, print_line
from pullcord.cli.people import reach, reach_options, say, task_line

if TYPE_CHECKING:
    from pullcord.app.document import IncidentDocument

_STATE = click.option("--state", type=FOLDER, help="State folder, or the --out folder of `respond`.")


@click.group("incident")
def command() -> None:
    """List, show, close or repair incidents."""


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


@command.command("close")
@click.argument("incident_id")
@click.option("--comment", default="", help="Why, for the record.")
@reach_options
@json_option
def close_command(
    incident_id: str, comment: str, state: Path | None, token_file: Path | None, as_json: bool
) -> None:
    """Close an incident (refused while it is not known what became of an action)."""
    told = reach(state, token_file).post("incidents", incident_id, "close", body={"comment": comment})
    if as_json:
        print_line(told)
    else:
        say([f"{told['incident_id']} is being closed."])


@command.command("repair")
@click.argument("incident_id", required=False)
@click.option("--task", help="The question that is answered.")
@click.option("--answer", help="One of the answers it allows.")
@click.option("--comment", default="", help="A few words for the record.")
@reach_options
@json_option
def repair_command(  # noqa: PLR0913  (one parameter for each option)
    incident_id: str | None,
    *,
    task: str | None,
    answer: str | None,
    comment: str,
    state: Path | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """List the questions that hold incidents up, or answer one."""
    from pullcord.model.errors import UsageError

    remote = reach(state, token_file)
    if task is None and answer is None:
        waiting = [one for one in remote.get("waiting") if one["kind"] == "task"]
        found = [one for one in waiting if incident_id in {None, one["incident_id"]}]
        if as_json:
            for one in found:
                print_line(one)
        else:
            say([task_line(one) for one in found] or ["No question is open."])
        return
    if incident_id is None or task is None or answer is None:
        raise UsageError("an answer needs all three", "give the incident, --task and --answer")
    told = remote.post("incidents", incident_id, "tasks", task, body={"answer": answer, "comment": comment})
    if as_json:
        print_line(told)
    else:
        say([f"{told['id']}: {told['answer']}"])


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
