"""``pullcord approve``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullcord.cli.options import json_option, print_line
from pullcord.cli.people import people, plan_lines, reach, reach_options, say, waiting_lines

if TYPE_CHECKING:
    from pullcord.app.people.remote import Remote

_ROLES = click.Choice(["approver-security", "approver-ot", "ml-owner"])


@click.command("approve")
@click.argument("plan", required=False)
@click.option("--refuse", is_flag=True, help="Refuse the plan instead.")
@click.option("--role", type=_ROLES, help="The role you speak in, if you hold several.")
@click.option("--comment", default="", help="A few words for the record.")
@click.option(
    "--yes", "seen", metavar="HASH", help="Decide without a terminal on the plan of this hash (12 digits)."
)
@reach_options
@json_option
def command(  # noqa: PLR0913  (one parameter for each option)
    plan: str | None,
    *,
    refuse: bool,
    role: str | None,
    comment: str,
    seen: str | None,
    state: Path | None,
    token_file: Path | None,
    as_json: bool,
) -> None:
    """Approve or refuse a plan; without one: list what waits for people.

    Shows the plan and asks. Without a terminal the hash of the plan that you saw must be given.
    """
    remote = reach(state, token_file)
    if plan is None:
        waiting = remote.get("waiting")
        if as_json:
            for one in waiting:
                print_line(one)
        else:
            say(waiting_lines(waiting))
        return
    shown = remote.get("plans", plan)
    seen = seen or _asked(shown, refuse=refuse, as_json=as_json)
    if seen is None:
        click.echo("Nothing was decided.")
        return
    body: dict[str, object] = {
        "hash": seen,
        "decision": "refuse" if refuse else "approve",
        "comment": comment,
    }
    _decide(remote, shown, body | ({"role": role} if role else {}), as_json=as_json)


def _asked(shown: Mapping[str, Any], *, refuse: bool, as_json: bool) -> str | None:
    """The hash of the plan if the person at the terminal says yes, else None."""
    from pullcord.model.errors import UsageError

    if as_json:
        print_line(shown)
    else:
        say(plan_lines(shown))
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"nothing was decided on {shown['id']}: there is no terminal to ask at",
            "look at the plan, then give its hash: --yes HASH",
        )
    late = shown["over"] and not (refuse and shown["halts"])
    if late or shown["is_refused"] or not shown["current"]:
        return None
    question = "Refuse this plan?" if refuse else "Approve this plan?"
    return str(shown["hash"]) if click.confirm(question, default=False) else None


def _decide(remote: Remote, shown: Mapping[str, Any], body: dict[str, object], *, as_json: bool) -> None:
    told = remote.post("plans", str(shown["id"]), "decisions", body=body)
    if as_json:
        print_line(told)
    elif told["decision"] == "refuse":
        left = "more of it" if shown["halts"] else "of it"
        say([f"Refused {told['plan']}. Nothing {left} will be carried out."])
    elif told["granted"]:
        say([f"Approved {told['plan']} as {told['role']}. Everybody needed has agreed."])
    else:
        say([f"Approved {told['plan']} as {told['role']}. Still needed: {people(told['missing'])}."])
