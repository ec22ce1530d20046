"""``pullcord up``."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullcord.cli.options import FILE, FOLDER, json_option, print_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullcord.app.live.installation import Live, Running
    from pullcord.app.settings import Settings


@click.command("up")
@click.option("--state", type=FOLDER, default=None, help="State folder.")
@click.option(
    "--config", type=FILE, default=None, help="Settings (default: pullcord.toml in the state folder)."
)
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port; 0 takes a free one.")
@json_option
def command(state: Path | None, config: Path | None, port: int | None, as_json: bool) -> None:
    """Run Pullcord here: take telemetry in over HTTP, detect, respond. Ctrl-C ends it.

    Every AI system starts in observe: nothing is changed anywhere until people set another mode. At the first start a
    token for telemetry and reading is printed, once.
    """
    import logging

    from pullcord.app.live.installation import Live
    from pullcord.app.live.ot_process import OtProcess
    from pullcord.app.places import live_folder
    from pullcord.app.settings import find_settings
    from pullcord.server.log import log_to_stderr

    folder = live_folder(state)
    settings = find_settings(config, folder)
    host = _host(settings)
    log_to_stderr(logging.WARNING)
    # The folder first: a second `up` is turned away before it touches the OT writer of the first.
    live = Live(folder, settings, logging.getLogger("pullcord").error)
    writer = OtProcess(settings)
    place = (host, settings.server.port if port is None else port)
    with ExitStack() as ends:
        ends.callback(writer.close)
        ends.callback(live.close)
        writer.start()
        _run(live, folder, place, settings.server.names, as_json=as_json)


def _run(live: Live, folder: Path, place: tuple[str, int], names: tuple[str, ...], *, as_json: bool) -> None:
    from pullcord.app.people.endpoint import remove_endpoint

    running = live.start()
    shown: list[str] = []

    def ready(url: str) -> None:
        shown.append(url)
        _tell(folder, running, url, as_json=as_json)

    try:
        asyncio.run(_serve(running, place, names, ready))
    finally:
        remove_endpoint(folder)
        if running.first_token is not None and not shown:
            live.withdraw_first_token()


def _host(settings: Settings) -> str:
    from pullcord.model.errors import UsageError

    host = settings.server.host
    try:
        local = ip_address(host).is_loopback
    except ValueError as error:
        raise UsageError(
            f"server.host {host!r} is no address", "give an IP address of this machine"
        ) from error
    if not local and not settings.server.remote:
        raise UsageError(
            f"server.host {host} can be reached from other machines",
            "set server.remote = true if that is meant, behind a proxy with TLS; or use 127.0.0.1",
        )
    return host


def _tell(folder: Path, running: Running, url: str, *, as_json: bool) -> None:
    """Say where Pullcord is, to files and people."""
    from pullcord.app.people.endpoint import write_endpoint
    from pullcord.cli.tables import clean

    write_endpoint(folder, url)
    if as_json:
        print_line({"url": url, "state": str(folder), "token": running.first_token})
        sys.stdout.flush()
        return
    click.echo(f"Pullcord listens at {url}, state in {folder}.")
    if running.first_token is not None:
        click.echo(f"First token (telemetry in, reading; shown only now): {running.first_token}")
    if running.raised:
        click.echo(
            f"Taken out of observe by people: {clean(', '.join(running.raised))}. See pullcord mode --token-file FILE"
        )
        return
    click.echo("Every AI system is in observe until people set another mode: pullcord mode --token-file FILE")


async def _serve(
    running: Running, place: tuple[str, int], names: tuple[str, ...], ready: Callable[[str], None]
) -> None:
    """Serve until a signal to end."""
    from pullcord.server.application import make_app
    from pullcord.server.run import serve

    task = asyncio.ensure_future(serve(make_app(running.services, (place[0], *names)), *place, ready))
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
