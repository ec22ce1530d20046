"""What the commands of people share: whose token, which Pullcord, and how plans and questions look on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullcord.cli.options import FILE, FOLDER, F

if TYPE_CHECKING:
    from pullcord.app.people.remote import Remote

SHORT = 16
"""Digits of a hash that are shown; 12 are enough to name a plan."""


def reach_options(command: F) -> F:
    """``--state`` and ``--token-file``: which Pullcord, and who asks."""
    state = click.option("--state", type=FOLDER, help="State folder of the Pullcord that runs.")
    token = click.option("--token-file", type=FILE, help="File with your token (else PULLCORD_TOKEN).")
    return state(token(command))


def reach(state: Path | None, token_file: Path | None) -> Remote:
    """The running Pullcord, asked as the person whose token is given."""
    from pullcord.app.people.remote import connect
    from pullcord.app.places import state_folder

    return connect(state_folder(state), token_file)


def say(lines: Sequence[str] | Iterator[str]) -> None:
    """Print lines; what attackers wrote cannot steer the terminal."""
    from pullcord.cli.tables import clean

    for line in lines:
        click.echo(clean(line))


def people(needs: Sequence[Mapping[str, Any]]) -> str:
    """Who is needed, in words."""
    return ", ".join(f"{need['count']} × {need['role']}" for need in needs) or "nobody"


def plan_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    """A plan as somebody has to see it before they decide."""
    incident = plan["incident"]
    yield f"{str(incident['severity']).upper()}  {incident['title']}"
    yield f"{incident['id']}  {incident['type']}  production at risk: {incident['production_at_risk']}"
    yield from _grounds(plan["rests_on"])
    yield ""
    yield f"Plan {plan['id']}: {plan['purpose']}, class {plan['plan_class']}, mode {plan['mode']}"
    for number, action in enumerate(plan["actions"], 1):
        yield f"  {number}. {action['kind']} on {action['target']} ({action['action_class']})"
        yield from (f"       {name}: {value}" for name, value in action["params"].items())
        yield from (f"       {reason}" for reason in action["reasons"])
        yield f"       taken back by: {action['undo'] or 'cannot be taken back'}"
        if action["reaches_ot"]:
            yield "       REACHES THE CONTROL NETWORK"
    yield from (f"  Not planned: {one['what']}: {one['why']}" for one in plan["refused"])
    yield f"  Meanwhile: {plan['fallback'] or 'nothing changes for the plant'}"
    yield from (f"  Gate: {gate}" for gate in plan["gates"])
    for one in plan["decisions"]:
        yield f"  {one['time']}  {one['approver']} ({one['role']}): {one['decision']}  {one['comment']}".rstrip()
    yield f"  Still needed: {people(plan['missing'])}" if not plan["is_refused"] else "  REFUSED"
    if not plan["current"]:
        yield "  A newer plan has taken its place."
    if plan["over"]:
        late = "Too late to approve (it can be refused)" if plan["halts"] else "Too late to decide"
        yield f"  {late}: {plan['over']}"
    yield f"  Hash {plan['hash'][:SHORT]}"


def _grounds(rests_on: Mapping[str, int] | None) -> Iterator[str]:
    """What a plan rests on, and a warning where whoever is suspected may have made all of it up."""
    if rests_on is None:
        return
    number, sure = rests_on["findings"], rests_on["authenticated"]
    yield f"Rests on {number} findings, {sure} of them from authenticated sources only."
    if not sure:
        yield "!! NOTHING FROM AN AUTHENTICATED SOURCE: an attacker may have made it all up. Check before you approve."


def waiting_lines(waiting: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What waits for people: yours first."""
    if not waiting:
        yield "Nothing waits for anybody."
    for one in sorted(waiting, key=lambda item: not item["yours"]):
        mark = "you   " if one["yours"] else "others"
        if one["kind"] == "plan":
            yield (
                f"{mark}  {one['id']}  {one['severity']}  {one['purpose']} class {one['plan_class']}: {one['title']}"
                f"  (needs {people(one['missing'])}; hash {one['hash'][:SHORT]})"
            )
        elif one["kind"] == "task":
            yield f"{mark}  {task_line(one)}"
        elif one["kind"] == "mode":
            yield (
                f"{mark}  mode {one['mode']} for {one['system']}, asked for by {one['requested_by']}"
                f"  (needs {people(one['missing'])})"
            )
        else:
            yield f"{mark}  {stop_line(one)}"


def task_line(task: Mapping[str, Any]) -> str:
    """One question, as ``pullcord incident repair`` takes its answer."""
    role = f"  ({task['role']})" if task["role"] else ""
    return f"{task['incident_id']}  {task['id']}: {task['question']}  [{' | '.join(task['options'])}]{role}"


def stop_line(stop: Mapping[str, Any]) -> str:
    """One stop, and who wants to go on."""
    noted = f"; {stop['resumed_by']} wants to resume, a second person is needed" if stop["resumed_by"] else ""
    return (
        f"STOPPED {stop['site'] or 'everywhere'} by {stop['who']} at {stop['time']}: {stop['reason']}{noted}"
    )
