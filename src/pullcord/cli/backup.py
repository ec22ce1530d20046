"""``pullcord backup``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FOLDER, json_option, print_line


@click.command("backup")
@click.option("--state", type=FOLDER, help="State folder, or the --out folder of `respond`.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The archive to write, for example pullcord.tar.zst.",
)
@click.option("--force", is_flag=True, help="Replace the archive if it is there.")
@json_option
@click.pass_context
def command(ctx: click.Context, state: Path | None, out: Path, force: bool, as_json: bool) -> None:
    """Write one consistent archive of the state, while Pullcord runs or not."""
    from pullcord.app.backup.backup import back_up
    from pullcord.app.clock import SystemClock
    from pullcord.app.places import state_folder
    from pullcord.cli.tables import clean

    made = back_up(state_folder(state), out, now=SystemClock().now(), force=force)
    if as_json:
        print_line(made)
    else:
        kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(made.files.items()))
        lines = [
            f"Wrote {made.file}: {made.size} bytes, {sum(made.files.values())} files ({kinds}), read back and sound.",
            f"{made.incidents} incidents, {made.evidence} evidence entries, schema {made.revision}, {made.time}",
            f"sha256 {made.sha256}",
            *(f"BAD  {problem}" for problem in made.problems),
        ]
        for line in lines:
            click.echo(clean(line))
    ctx.exit(1 if made.problems else 0)
