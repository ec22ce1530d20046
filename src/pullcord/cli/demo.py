"""``pullcord demo``."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FOLDER, json_option, print_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullcord.app.demo import Voice
    from pullcord.model.incident import Incident

_PACE, _FULL_LINE, _MOST_LINES = 0.45, 60, 2.0
# Mark and style of a voice; never colour alone.
_MARKS = {
    "plant": ("plant   ", "cyan"),
    "pullcord": ("pullcord", "bold"),
    "person": ("person  ", "green"),
    "refused": ("REFUSED ", "bold yellow"),
    "seen": ("seen    ", "magenta"),
    "note": ("        ", "dim"),
}


@click.command("demo")
@click.option(
    "--once", is_flag=True, help="Exit when the incidents are closed; without a terminal it always does."
)
@click.option("--out", type=FOLDER, default=Path("pullcord-demo"), show_default=True, help="Where to write.")
@json_option
def command(once: bool, out: Path, as_json: bool) -> None:
    """Attack an invented plant and carry the incident through all six phases, live.

    The plant is SIMULATED: programs on this machine that speak OPC UA, HTTP and OTLP. Pullcord is real, its actions
    have effect in that plant, and the people who approve are invented. Killed at any moment, the same command goes on.
    """
    from pullcord.app.demo import play

    # At a terminal at the pace of a reader; in a pipe as fast as it happens.
    teller = _Silent() if as_json else _Told(_PACE if sys.stdout.isatty() else 0.0)
    stay = None if once or as_json or not sys.stdout.isatty() else _Guest(out)
    incidents = play(out, teller, stay)
    if as_json:
        print_line({"out": str(out), "incidents": len(incidents)})
        return
    if stay is None:
        _end(out, incidents)


class _Silent:
    def say(self, voice: Voice, text: str) -> None:
        """Nothing."""


class _Told:
    """Prints the story with the seconds since its beginning.

    Args:
        pace: seconds a reader takes for a full line.
    """

    def __init__(self, pace: float) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)
        self._begin = time.monotonic()
        self._pace = pace

    def say(self, voice: Voice, text: str) -> None:
        """One line; what an attacker wrote is shown as text."""
        from rich.padding import Padding
        from rich.text import Text

        from pullcord.cli.tables import clean

        if voice.value == "chapter":
            self._console.print()
            self._console.print(Text(f"── {clean(text)}", style="bold"))
            return
        mark, style = _MARKS[voice.value]
        head = Text(f"{time.monotonic() - self._begin:5.1f} s  {mark}  ", style=style)
        body = Text(clean(text), style="dim" if voice.value == "note" else "")
        # A hanging indent keeps the marks in a column of their own.
        from rich.table import Table

        row = Table.grid()
        row.add_column(no_wrap=True)
        row.add_column()
        row.add_row(head, body)
        self._console.print(Padding(row, 0))
        time.sleep(self._pace * min(len(text) / _FULL_LINE, _MOST_LINES))


class _Guest:
    """Stays while everything runs, and is told once where to look."""

    def __init__(self, out: Path) -> None:
        self._out, self._url = out, ""

    def __call__(self, url: str, incidents: Sequence[Incident]) -> bool:
        """Wait a second; after the first time, and whenever Pullcord has moved, say how to look around."""
        if not self._url:
            _end(self._out, incidents)
            for line in around(self._out):
                click.echo(line)
        if url != self._url:
            click.echo(f"\nPlant and Pullcord still run, Pullcord at {url}. Ctrl-C here ends both.")
            self._url = url
        time.sleep(1.0)
        return True


def around(out: Path) -> Iterator[str]:
    """What to type in another terminal while the demo runs."""
    state, secrets = shlex.quote(str(out.absolute())), out.absolute() / "plant" / "secrets"
    token = shlex.quote(str(secrets / "ines-halloran"))
    activate = Path(sys.prefix) / "bin" / "activate"
    yield ""
    yield f"Look around in another terminal (tokens of the invented people: {secrets}):"
    if activate.is_file():
        yield f"  . {shlex.quote(str(activate))}"
    yield f"  pullcord incident list --state {state}"
    yield f"  pullcord mode --state {state} --token-file {token}"
    yield f'  pullcord stop --reason "just trying" --state {state} --token-file {token}'


def _end(out: Path, incidents: Sequence[Incident]) -> None:
    """Where everything is, and how to go on."""
    click.echo("")
    for incident in incidents:
        click.echo(f"Report: {out / 'incidents' / incident.id / 'report.html'}")
    click.echo(f"All files: {out}   Look closer: pullcord incident list --state {shlex.quote(str(out))}")
    click.echo("Try your own: pullcord investigate your.otlp.jsonl")
