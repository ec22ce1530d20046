"""``pullcord ot-writer``: the process that alone writes to OT, and the two tools of the people who sign for it."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import F, json_option, print_line

_FILE = click.Path(path_type=Path, dir_okay=False)


def _config_option(function: F) -> F:
    """``--config``, of the command itself and of ``run``."""
    told = "TOML file with socket, allow_list, signature, public_key and state."
    return click.option("--config", type=_FILE, help=told)(function)


@click.group("ot-writer", invoke_without_command=True)
@_config_option
@json_option
@click.pass_context
def command(ctx: click.Context, config: Path | None, as_json: bool) -> None:
    """Request AI-to-manual switches at the PLCs that a signed list allows (a process of its own)."""
    del as_json  # it logs JSON lines anyway
    if ctx.invoked_subcommand is None:
        _serve(config)


@command.command("run")
@_config_option
@json_option
@click.pass_context
def run(ctx: click.Context, config: Path | None, as_json: bool) -> None:
    """Run the OT writer until it is told to stop; the same as `pullcord ot-writer` alone."""
    del as_json
    _serve(config or (ctx.parent.params["config"] if ctx.parent else None))


def _serve(config: Path | None) -> None:
    from pullcord.model.errors import UsageError

    if config is None:
        raise UsageError(
            "ot-writer: no configuration", "give --config FILE; docs/reference/ot-writer.md shows one"
        )
    try:
        from pullcord.otwriter.serve import run as serve
    except ModuleNotFoundError as error:
        if error.name != "asyncua":
            raise
        raise UsageError(
            "ot-writer: the OPC UA library is not installed", "pip install 'pullcord[ot]'"
        ) from error
    serve(config)


@command.command("keygen")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="An empty folder."
)
@json_option
def keygen(out: Path, as_json: bool) -> None:
    """Make a key pair for signing allow-lists; keep the private key away from Pullcord's machines."""
    from pullcord.otwriter.keys import make_keys

    private, public = make_keys(out)
    if as_json:
        print_line({"private_key": str(private), "public_key": str(public)})
    else:
        click.echo(
            f"private key (stays with the OT people): {private}\npublic key (for `public_key`): {public}"
        )


@command.command("sign")
@click.argument("path", metavar="LIST", type=_FILE)
@click.option("--key", required=True, type=_FILE, help="The private key.")
@json_option
def sign(path: Path, key: Path, as_json: bool) -> None:
    """Check an allow-list and write its signature beside it, as LIST.sig."""
    from pullcord.otwriter.keys import sign_file

    signature = sign_file(path, key)
    if as_json:
        print_line({"signature": str(signature)})
    else:
        click.echo(f"signature: {signature}")
