"""``pullcord mode``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from pullcord.cli.options import json_option, print_line
from pullcord.cli.people import people, reach, reach_options, say, stop_line


@click.command("mode")
@click.argument("system", required=False)
@click.argument("mode", required=False, type=click.Choice(["observe", "recommend", "act-R0", "act-R1"]))
@reach_options
@json_option
def command(
    system: str | None, mode: str | None, state: Path | None, token_file: Path | None, as_json: bool
) -> None:
    """Show or change how much Pullcord may do with an AI system.

    Lowering works at once. For recommend one person asks, then the ML owner and OT agree by giving the same command.
    """
    remote = reach(state, token_file)
    if system is not None and mode is not None:
        told = remote.post("systems", system, "mode", body={"mode": mode})
        if as_json:
            print_line(told)
        else:
            say([_changed(told)])
        return
    found = [one for one in remote.get("systems") if system is None or one["name"] == system]
    if system is not None and not found:
        from pullcord.model.errors import UsageError

        raise UsageError(f"the inventory has no AI system {system[:80]!r}", "`pullcord mode` lists them")
    if as_json:
        for one in found:
            print_line(one)
    else:
        say(_lines(found))


def _changed(told: Mapping[str, Any]) -> str:
    if told["asked"] is None:
        return f"{told['system']} is in {told['mode']}."
    return (
        f"{told['system']} stays in {told['mode']} until others agree to {told['asked']}: "
        f"{people(told['missing'])}."
    )


def _lines(systems: list[dict[str, Any]]) -> Iterator[str]:
    if not systems:
        yield "The inventory has no AI system."
    width = max((len(one["name"]) for one in systems), default=0)
    for one in systems:
        asked = one["asked"]
        more = (
            f"  (asked for: {asked['mode']} by {asked['requested_by']}; needs {people(asked['missing'])})"
            if asked
            else ""
        )
        yield f"{one['name']:<{width}}  {one['mode']:<9}  fallback {one['fallback'] or 'none'}{more}"
        if one["stop"]:
            yield f"{'':<{width}}  {stop_line(one['stop'])}"
