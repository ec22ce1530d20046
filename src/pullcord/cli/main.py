"""The ``pullcord`` command: loads a command's file only when that command is called, so ``--help`` stays quick."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from pullcord import __version__

# Name → one line for the overview. The line stands here, and not in the command's file, because the overview must
# not import thirteen files to print thirteen lines; a test holds the two equal.
COMMANDS = {
    "approve": "Approve or refuse a plan; without one: list what waits for people.",
    "backup": "Write one consistent archive of the state, while Pullcord runs or not.",
    "demo": "Attack an invented plant and carry the incident through all six phases, live.",
    "detect": "Find what deserves attention in recorded telemetry.",
    "doctor": "Check that this installation and its state are sound (exit code 1 if not).",
    "incident": "List, show, close or repair incidents.",
    "investigate": "Say what happened in recorded agent sessions, or that it cannot be told.",
    "mode": "Show or change how much Pullcord may do with an AI system.",
    "ot-writer": "Request AI-to-manual switches at the PLCs that a signed list allows (a process of its own).",
    "report": "Write the report of one incident as a single HTML file.",
    "respond": "Take recorded telemetry through all six phases.",
    "restore": "Put the state of a backup in place; nothing of it goes on by itself.",
    "resume": "Go on after a stop; two different people have to say so.",
    "rules": "List, test, explain or measure detection rules.",
    "stop": "Stop all new actions and releases at once; one person is enough.",
    "tell": "Report something odd that an AI system did or said.",
    "triage": "Join findings into few incidents.",
    "up": "Run Pullcord here: take telemetry in over HTTP, detect, respond. Ctrl-C ends it.",
}


class LazyCommands(click.Group):
    """A group that knows its commands by name and imports them by need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``pullcord.cli.<name>`` and return its ``command``."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(f"pullcord.cli.{cmd_name.replace('-', '_')}").command
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that goes away (``| head``) ends it quietly: click would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _forget_output()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without importing any command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="pullcord %(version)s")
def cli() -> None:
    """Incident response for attacks on the AI systems of a factory.

    Pullcord does not stop lines and is not a safety function.
    """


def main() -> NoReturn:
    """Run the command line; errors made for people become one line on stderr and an exit code."""
    from pullcord.cli.tables import clean
    from pullcord.model.errors import PullcordError, UsageError

    try:
        code = cli.main(prog_name="pullcord", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except PullcordError as error:
        click.echo(clean(f"pullcord: {error}"), err=True)
        code = 2 if isinstance(error, UsageError) else 1
    except OSError as error:
        told = UsageError(
            f"{error.filename or 'a file'}: {error.strerror or error}", "check place, space and rights"
        )
        click.echo(clean(f"pullcord: {told}"), err=True)
        code = 2
    try:
        # What is still buffered: at exit a failure would be a message and exit code 120.
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
    sys.exit(code if isinstance(code, int) else 0)


def _forget_output() -> None:
    """Send the rest of standard output nowhere, or Python would complain again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
