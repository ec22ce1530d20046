"""``pullcord detect``, ``pullcord detect text`` and ``pullcord detect calibrate``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.detect_calibrate import calibrate_command
from pullcord.cli.detect_text import text_command
from pullcord.cli.options import FILE, FOLDER, files_argument, json_option, print_line
from pullcord.cli.tables import clean
from pullcord.model.errors import UsageError


class FilesOrText(click.Group):
    """A group whose first word may also be a file: then it is telemetry. A file called ``text`` is ``./text``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """``text`` and ``calibrate`` are commands; anything else goes to the command that reads telemetry."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "files", _files, args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything but ``--help`` alone to the command that is chosen."""
        if not args and not ctx.resilient_parsing:
            ctx.fail("Missing argument 'FILE...'.")
        if args and args[0] not in {"-h", "--help"} and args[0] not in self.commands:
            # ``--rules DIR FILE``: options before the first file belong to the reading command, not to the group.
            args = ["--", *args]
        return super().parse_args(ctx, args)


@click.group("detect", cls=FilesOrText, subcommand_metavar="FILE... | text FILE... | calibrate BENIGN...")
def command() -> None:
    """Find what deserves attention in recorded telemetry.

    Prints one line per rule and event. Reads native NDJSON, OTLP/JSON lines; plain, .gz or .zst.
    Options: --rules DIR, --summary FILE, --format line|ocsf, --suppressions FILE, --suppressed FILE.
    """


command.add_command(text_command)
command.add_command(calibrate_command)


@click.command("files")
@files_argument
@click.option("--rules", type=FOLDER, help="Use the Sigma rules in this folder instead of the shipped ones.")
@click.option("--summary", type=FILE, help="Write a line for each rule: loaded or failed, and why.")
@click.option("--format", "form", type=click.Choice(["line", "ocsf"]), default="line", show_default=True)
@click.option("--suppressions", type=FILE, help="Hold back findings that this file of suppressions covers.")
@click.option("--suppressed", type=FILE, help="Write the findings that were held back to this file.")
@json_option
def _files(  # noqa: PLR0913, PLR0917  (one for each option)
    files: tuple[Path, ...],
    rules: Path | None,
    summary: Path | None,
    form: str,
    suppressions: Path | None,
    suppressed: Path | None,
    as_json: bool,
) -> None:
    """Detect in files."""
    del as_json  # prints NDJSON anyway
    import msgspec

    from pullcord.app.clock import SystemClock
    from pullcord.app.detect import Detection
    from pullcord.app.files import write_whole
    from pullcord.app.inputs import Inputs
    from pullcord.app.output import to_line, to_ocsf
    from pullcord.app.rules.held_back import HeldBack
    from pullcord.cli.progress import progress

    if suppressed is not None and suppressions is None:
        raise UsageError("--suppressed without --suppressions", "name the file of suppressions too")
    clock = SystemClock()
    inputs = Inputs(files, clock)
    detection = Detection(rules)
    held = HeldBack(suppressions, suppressed, clock.now()) if suppressions is not None else None
    if summary is not None:
        lines = [msgspec.json.encode(status) + b"\n" for status in detection.statuses]
        write_whole(summary, b"".join(lines))
    shape = to_ocsf if form == "ocsf" else to_line
    try:
        with progress() as shown:
            shown.stage("Detecting", None)
            for findings in detection.run(inputs):
                for finding in held.show(findings) if held is not None else findings:
                    print_line(shape(finding))
                shown.step(1)
        if held is not None:
            held.finish()
            for line in held.summary():
                click.echo(clean(line), err=True)
    finally:
        if held is not None:
            held.close()
