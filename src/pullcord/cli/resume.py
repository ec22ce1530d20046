"""``pullcord resume``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, json_option, print_line
from pullcord.cli.people import reach_options, say, stop_line


@click.command("resume")
@click.option("--site", default="", help="Resume this site (default: what stops every site).")
@click.option("--config", type=FILE, help="Settings to know your token by, if Pullcord does not run.")
@reach_options
@json_option
def command(
    site: str, config: Path | None, state: Path | None, token_file: Path | None, as_json: bool
) -> None:
    """Go on after a stop; two different people have to say so.

    Whoever stopped may be one of the two.
    """
    from pullcord.app.people.local_stop import resume_anyhow

    told = resume_anyhow(state, config, token_file, site)
    if as_json:
        print_line(told)
    elif told["lifted"]:
        say([f"Resumed {site or 'everywhere'}."])
    else:
        say([stop_line(told["stop"])])
