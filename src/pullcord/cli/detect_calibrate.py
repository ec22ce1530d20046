"""``pullcord detect calibrate``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, files_argument, json_option, print_line


@click.command("calibrate")
@files_argument
@click.option("--out", type=FILE, required=True, help="Where to write the threshold.")
@click.option(
    "--false-rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.005,
    show_default=True,
    help="The share of benign texts that may be called suspicious.",
)
@json_option
def calibrate_command(files: tuple[Path, ...], out: Path, false_rate: float, as_json: bool) -> None:
    """Set the threshold of the text signal from benign texts of your own site (lines {id, text})."""
    from pullcord.app.detect_text import calibrated, text_signal
    from pullcord.app.files import write_whole
    from pullcord.app.text_records import TextInputs

    made = calibrated(TextInputs(files), text_signal(None), false_rate)
    write_whole(out, made.to_json())
    if as_json:
        print_line(made)
    else:
        click.echo(made.note)
