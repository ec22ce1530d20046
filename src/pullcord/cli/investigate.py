"""``pullcord investigate`` and ``pullcord investigate calibrate``."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, files_argument, json_option, print_line


class FilesOrCalibrate(click.Group):
    """A group whose first word may also be a file: then it investigates."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """``calibrate`` is a command; anything else goes to the command that reads files."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "files", _files, args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything but ``--help`` alone to the command that is chosen."""
        if args and args[0] not in {"-h", "--help"} and args[0] not in self.commands:
            # ``--weights F FILE``: options before the first file belong to the reading command, not to the group.
            args = ["--", *args]
        return super().parse_args(ctx, args)


@click.group("investigate", cls=FilesOrCalibrate, subcommand_metavar="FILE... | calibrate BENIGN...")
def command() -> None:
    """Say what happened in recorded agent sessions, or that it cannot be told.

    Reads OTLP/JSON lines; prints exactly one line per trace: verdict, score, most likely origin and action.
    Options: --weights FILE, --calibration FILE.
    """


@click.command("files")
@files_argument
@click.option("--weights", type=FILE, help="Use these weights instead of the shipped ones.")
@click.option("--calibration", type=FILE, help="Use the thresholds of your own site.")
@json_option
def _files(files: tuple[Path, ...], weights: Path | None, calibration: Path | None, as_json: bool) -> None:
    """Investigate files."""
    del as_json  # prints NDJSON anyway
    from pullcord.app.clock import SystemClock
    from pullcord.app.inputs import Inputs
    from pullcord.app.investigate import explain, ranker, to_line
    from pullcord.cli.progress import progress

    ranking = ranker(weights, calibration)
    with progress() as shown:
        shown.stage("Investigating", None)
        for told in explain(Inputs(files, SystemClock()), ranking):
            print_line(to_line(told))
            shown.step(1)


@command.command("calibrate")
@files_argument
@click.option("--out", type=FILE, required=True, help="Where to write the thresholds.")
@click.option("--false-rate", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.005)
@click.option("--weights", type=FILE, help="Use these weights instead of the shipped ones.")
@json_option
def calibrate_command(
    files: tuple[Path, ...],
    out: Path,
    false_rate: float,
    weights: Path | None,
    as_json: bool,
) -> None:
    """Set thresholds from benign sessions of your own site."""
    from pullcord.app.clock import SystemClock
    from pullcord.app.files import write_whole
    from pullcord.app.inputs import Inputs
    from pullcord.app.investigate import calibrated, ranker

    made = calibrated(Inputs(files, SystemClock()), ranker(weights, None), false_rate)
    write_whole(out, made.to_json())
    if as_json:
        print_line(made)
    else:
        click.echo(made.note)
