"""``pullcord doctor``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FOLDER, json_option, print_line


@click.command("doctor")
@click.option("--state", type=FOLDER, help="Also check this state: folder, or the --out folder of `respond`.")
@json_option
@click.pass_context
def command(ctx: click.Context, state: Path | None, as_json: bool) -> None:
    """Check that this installation and its state are sound (exit code 1 if not)."""
    from pullcord.app.doctor import examine
    from pullcord.app.places import state_folder
    from pullcord.cli.tables import clean

    good = True
    for check in examine(state_folder(state) if state else None):
        good = good and check.good
        if as_json:
            print_line(check)
        else:
            click.echo(clean(f"{'ok ' if check.good else 'BAD'}  {check.name:<15} {check.detail}"))
    ctx.exit(0 if good else 1)
