"""``pullcord tell``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pullcord.cli.options import json_option, print_line
from pullcord.cli.people import reach, reach_options, say

_MOST = 20_000
# A character takes four bytes of UTF-8 at most.
_MOST_BYTES = 4 * _MOST


@click.command("tell")
@click.argument("text", required=True)
@click.option("--asset", default="", help="The system it is about, as the inventory names it.")
@click.option("--subject", default="", help="What it is about, in a few words.")
@click.option("--sender", default="", help="Who saw it, if it was not you.")
@reach_options
@json_option
def command(  # noqa: PLR0913  (one parameter for each option)
    text: str,
    *,
    asset: str,
    subject: str,
    sender: str,
    state: Path | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """Report something odd that an AI system did or said.

    TEXT is what you saw; `-` reads it from standard input.
    """
    told = reach(state, token_file).post("reports", body=_body(text, asset, subject, sender))
    if as_json:
        print_line(told)
        return
    say([str(told["finding_id"])])
    if not told["new"]:
        click.echo("It had been told before today; nothing was added.", err=True)


def _body(text: str, asset: str, subject: str, sender: str) -> dict[str, object]:
    from pullcord.model.errors import UsageError

    whole = _from_stdin() if text == "-" else text
    if not whole.strip():
        raise UsageError("the report is empty", "write what you saw")
    if len(whole) > _MOST:
        raise UsageError(f"the report has more than {_MOST} characters", "tell the most important part")
    # Bytes of the command line that are no text would otherwise end as an error of the HTTP library.
    fields = {"text": whole, "asset": asset, "subject": subject, "sender": sender}
    return {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}


def _from_stdin() -> str:
    return sys.stdin.buffer.read(_MOST_BYTES + 1).decode("utf-8", "replace")
