"""``pullcord detect text``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, files_argument, json_option, print_line


@click.command("text")
@files_argument
@click.option("--calibration", type=FILE, help="Use the threshold of your own site (detect calibrate).")
@json_option
def text_command(files: tuple[Path, ...], calibration: Path | None, as_json: bool) -> None:
    """Say which texts read like an attack on a language model: a signal, never a verdict alone.

    Reads lines {id, text}; prints one line per text: id, score, verdict, reasons.
    """
    del as_json  # prints NDJSON anyway
    from pullcord.app.detect_text import judge, text_signal, to_line
    from pullcord.app.text_records import TextInputs
    from pullcord.cli.progress import progress

    inputs, signal = TextInputs(files), text_signal(calibration)
    with progress() as shown:
        shown.stage("Reading texts", None)
        for record, told in judge(inputs, signal):
            print_line(to_line(record, told))
            shown.step(1)
