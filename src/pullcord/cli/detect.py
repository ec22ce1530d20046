"""``pullcord detect``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, FOLDER, files_argument, json_option, print_line


@click.command("detect")
@files_argument
@click.option("--rules", type=FOLDER, help="Use the Sigma rules in this folder instead of the shipped ones.")
@click.option("--summary", type=FILE, help="Write a line for each rule: loaded or failed, and why.")
@click.option("--format", "form", type=click.Choice(["line", "ocsf"]), default="line", show_default=True)
@json_option
def command(
    files: tuple[Path, ...], rules: Path | None, summary: Path | None, form: str, as_json: bool
) -> None:
    """Find what deserves attention in recorded telemetry.

    Prints one line per rule and event. Reads native NDJSON, OTLP/JSON lines; plain, .gz or .zst.
    """
    del as_json  # prints NDJSON anyway
    import msgspec

    from pullcord.app.clock import SystemClock
    from pullcord.app.detect import Detection
    from pullcord.app.files import write_whole
    from pullcord.app.inputs import Inputs
    from pullcord.app.output import to_line, to_ocsf
    from pullcord.cli.progress import progress

    inputs = Inputs(files, SystemClock())
    detection = Detection(rules)
    if summary is not None:
        lines = [msgspec.json.encode(status) + b"\n" for status in detection.statuses]
        write_whole(summary, b"".join(lines))
    shape = to_ocsf if form == "ocsf" else to_line
    with progress() as shown:
        shown.stage("Detecting", None)
        for findings in detection.run(inputs):
            for finding in findings:
                print_line(shape(finding))
            shown.step(1)
