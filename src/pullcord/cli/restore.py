"""``pullcord restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FOLDER, json_option, print_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullcord.app.backup.restore import Restored


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--state", type=FOLDER, required=True, help="State folder; one that is there is moved aside.")
@json_option
@click.pass_context
def command(ctx: click.Context, file: Path, state: Path, as_json: bool) -> None:
    """Put the state of a backup in place; nothing of it goes on by itself."""
    from pullcord.app.backup.restore import restore
    from pullcord.app.clock import SystemClock
    from pullcord.cli.tables import clean

    done = restore(file, state, now=SystemClock().now())
    if as_json:
        print_line(done)
    else:
        for line in _told(done):
            click.echo(clean(line))
    ctx.exit(1 if done.problems else 0)


def _told(done: Restored) -> Iterator[str]:
    new = done.epoch
    yield f"Restored {done.state} from the backup of {done.time} (sha256 {done.sha256})."
    yield f"{done.incidents} incidents, {done.events} events, {done.evidence} evidence entries."
    if done.before:
        yield f"The state that was there is now {done.before}"
    if done.carried:
        yield f"Taken along from it: {', '.join(done.carried)}"
    if done.left:
        yield f"Left in it (too large): {', '.join(done.left)}"
    yield f"Epoch {new.epoch} begins. Nothing goes on by itself:"
    yield f"  {len(new.in_doubt)} actions in doubt: look at each system, then `pullcord incident repair`"
    yield f"  {new.void} approvals void: decide again"
    systems = f" (was otherwise: {', '.join(new.observing)})" if new.observing else ""
    yield f"  every AI system in observe{systems}: the ML owner and the OT owner raise it again with `pullcord mode`"
    for problem in done.problems:
        yield f"BAD  {problem}"
