"""``pullcord stop``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import json_option, print_line
from pullcord.cli.people import reach_options, say


@click.command("stop")
@click.option("--reason", required=True, help="Why, in a few words.")
@click.option("--site", default="", help="Stop this site only (default: all).")
@reach_options
@json_option
def command(reason: str, site: str, state: Path | None, token_file: Path | None, as_json: bool) -> None:
    """Stop all new actions and releases at once; one person is enough.

    Containment stays in force; detection, evidence and paging go on. Works without a token and with the server or the
    database down: then it writes the stop file itself.
    """
    from pullcord.app.people.local_stop import stop_anyhow

    told = stop_anyhow(state, reason, site, token_file)
    if as_json:
        print_line(told)
        return
    where = f"at {told['site']}" if told["site"] else "everywhere"
    say([f"Stopped {where}. To go on, two people call `pullcord resume`."])
    if told.get("note"):
        say([str(told["note"])])
    if told["detail"]:
        say([f"Written to the state folder directly: {told['detail']}"])
