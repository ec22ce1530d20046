"""``pullcord rules``: list, test, explain, bench."""

from __future__ import annotations

from pathlib import Path

import click

from pullcord.cli.options import FILE, FOLDER, files_argument, json_option, print_line
from pullcord.cli.people import say

_MOST_MISSES = 20
_MOST_COSTS = 40
_RULES = click.option(
    "--rules", type=FOLDER, help="Use the rules in this folder instead of the shipped ones."
)


@click.group("rules")
def command() -> None:
    """List, test, explain or measure detection rules."""


@command.command("list")
@_RULES
@click.option("--noise", type=FILE, help="Show matches per day, from what `rules bench --json` printed.")
@json_option
def list_command(rules: Path | None, noise: Path | None, as_json: bool) -> None:
    """List rules: level, log source, incident type, techniques, tests (positive + benign)."""
    from pullcord.app.rules.choosing import load
    from pullcord.app.rules.listing import listed, read_noise
    from pullcord.cli.rule_lines import rule_lines

    found = list(listed(load(rules), read_noise(noise) if noise else {}))
    if as_json:
        for one in found:
            print_line(one)
        return
    say(line for one in found if one.error is None for line in rule_lines(one))
    say(f"FAILED  {one.path}: {one.error}" for one in found if one.error is not None)
    click.echo(f"{sum(one.error is None for one in found)} rules.")


@command.command("test")
@click.argument("wanted", nargs=-1, metavar="[RULE]...")
@_RULES
@json_option
@click.pass_context
def test_command(ctx: click.Context, wanted: tuple[str, ...], rules: Path | None, as_json: bool) -> None:
    """Run the tests inside rules, of all or of those named (exit code 1 if one fails)."""
    from pullcord.app.rules.choosing import load
    from pullcord.app.rules.testing import outcomes

    ran = bad = without = 0
    for one in outcomes(load(rules), wanted):
        ran += len(one.results)
        bad += len(one.failed)
        without += not one.results
        if as_json:
            for result in one.results:
                print_line(result)
            continue
        say(
            f"FAILED  {one.rule_id}  {test.kind.value}[{test.index}]: {test.why}  ({one.title})"
            for test in one.failed
        )
        if wanted and not one.failed:
            say([f"ok      {one.rule_id}  {len(one.results)} tests  ({one.title})"])
    if not as_json:
        click.echo(f"{ran} tests, {bad} failed; {without} rules without tests.")
    ctx.exit(1 if bad else 0)


@command.command("explain")
@click.argument("rule")
@files_argument
@click.option("--event", help="Only the event of this id.")
@_RULES
@json_option
def explain_command(
    rule: str, files: tuple[Path, ...], event: str | None, rules: Path | None, as_json: bool
) -> None:
    """Show which part of a rule matched which part of an event, or what is missing.

    RULE is an id, its beginning, a name or a title.
    """
    from pullcord.app.clock import SystemClock
    from pullcord.app.inputs import Inputs
    from pullcord.app.rules.choosing import load
    from pullcord.app.rules.explaining import one_rule, told
    from pullcord.cli.rule_lines import told_lines

    chosen = one_rule(load(rules), rule)
    matches = misses = 0
    for one in told(chosen, Inputs(files, SystemClock()), event):
        matches += one.matched
        misses += not one.matched
        if as_json:
            print_line(one)
        elif one.matched or misses <= _MOST_MISSES:
            say(told_lines(one, chosen.title))
    if not as_json and event is None:
        hidden = max(0, misses - _MOST_MISSES)
        more = f" ({hidden} of them not shown; --event shows one)" if hidden else ""
        click.echo(f"{matches} events match, {misses} do not{more}.")


@command.command("bench")
@files_argument
@_RULES
@json_option
def bench_command(files: tuple[Path, ...], rules: Path | None, as_json: bool) -> None:
    """Measure what each rule costs and how often it matches, the most costly first."""
    from pullcord.app.clock import SystemClock
    from pullcord.app.inputs import Inputs
    from pullcord.app.rules.benching import measure
    from pullcord.app.rules.choosing import load
    from pullcord.cli.rule_lines import cost_lines

    found = measure(load(rules), Inputs(files, SystemClock()))
    if as_json:
        for one in found.rules:
            print_line(one)
        return
    say(cost_lines(found.rules, _MOST_COSTS))
    hours = found.seconds / 3_600
    click.echo(f"{found.events} events over {hours:.2f} h, {len(found.rules)} rules (--json prints all).")
    if hours < 1:
        click.echo("The recording is too short to say what a day would bring.")
