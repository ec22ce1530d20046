"""What was missing, and what would close it: each gap with one concrete change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pullcord.analysis.plant import Plant
from pullcord.learning.record import Record
from pullcord.model.explanation import Verdict
from pullcord.model.finding import FindingKind
from pullcord.model.inventory import AiSystem, FallbackHealth, Role
from pullcord.model.outcome import ReceiptStatus, VerificationResult


class Gap(NamedTuple):
    """A gap and its cure; ``about`` tells gaps of one topic apart."""

    topic: str
    text: str
    change: str
    evidence: tuple[str, ...]
    about: str = ""


def gaps(record: Record) -> Iterator[Gap]:
    """All gaps an incident showed, in a fixed order."""
    yield from _sight(record)
    yield from _detection(record)
    yield from _response(record)
    yield from _inventory(record)


def _sight(record: Record) -> Iterator[Gap]:
    for text in sorted({missing for told in record.explanations for missing in told.missing}):
        traces = tuple(sorted(told.trace_id for told in record.explanations if text in told.missing))
        yield Gap(
            "not_seen",
            f"The investigation could not see: {text}",
            "Switch on what was missing at the source (capture of tool arguments and results in the OpenTelemetry "
            "instrumentation, spans of every service), at least for systems that can write or send.",
            traces,
            text,
        )
    dark = tuple(sorted(t.trace_id for t in record.explanations if t.verdict is Verdict.CANNOT_TELL))
    if dark:
        change = "Keep these sessions as an open question, and replay them once more telemetry is there."
        yield Gap("cannot_tell", f"{len(dark)} sessions could not be explained.", change, dark)


def _detection(record: Record) -> Iterator[Gap]:
    rules = {finding.rule_id for finding in record.findings}
    if len(rules) == 1:
        rule = next(iter(rules))
        yield Gap(
            "single_source",
            f"Only one detector saw it: {rule}",
            f"Add a second, independent detector for {record.incident.type} that reads another source.",
            tuple(sorted(finding.id for finding in record.findings)),
        )
    hearsay = {FindingKind.TEXT, FindingKind.REPORT}
    if record.findings and all(finding.kind in hearsay for finding in record.findings):
        change = (
            f"Write a behaviour rule for {record.incident.type}: text and reports never trigger an action."
        )
        yield Gap("hearsay_only", "Only text scores or people's reports pointed to it.", change, ())


def _response(record: Record) -> Iterator[Gap]:
    actions = record.actions
    for key, verification in sorted(record.verifications.items()):
        if verification.result is VerificationResult.CONFIRMED:
            continue
        receipt = next((r for r in record.receipts if r.key == key), None)
        if receipt is not None and receipt.simulated and verification.result is VerificationResult.UNKNOWN:
            continue  # nothing real was done, so that nobody could look is no gap of the plant
        action = actions.get(receipt.action_id) if receipt is not None else None
        name = f"{action.kind.value} on {action.target}" if action is not None else "an action"
        yield Gap(
            f"verification_{verification.result.value}",
            f"{name} was carried out and its effect is {verification.result.value}: {verification.detail}",
            f"Look by hand whether {name} holds, and give its responder an oracle that can tell.",
            (receipt.action_id,) if receipt is not None else (),
            key,
        )
    for status in (ReceiptStatus.IN_DOUBT, ReceiptStatus.ABORTED):
        ids = tuple(sorted(receipt.action_id for receipt in record.receipts if receipt.status is status))
        if ids:
            change = "Settle each of these actions by hand before the incident is closed."
            yield Gap(f"actions_{status.value}", f"{len(ids)} actions are {status.value}.", change, ids)
    seen: set[tuple[str, str]] = set()
    for plan in record.plans:
        for refusal in plan.refused:
            if (refusal.what, refusal.why) not in seen:
                seen.add((refusal.what, refusal.why))
                text = f"Not possible: {refusal.what}, because {refusal.why}"
                change = f"Decide beforehand how to do without it, or remove the obstacle: {refusal.why}"
                yield Gap("not_possible", text, change, (plan.id,), f"{refusal.what}/{refusal.why}")


def _inventory(record: Record) -> Iterator[Gap]:
    for name in record.incident.unregistered:
        yield Gap(
            "unregistered",
            f"{name} is not in the inventory.",
            f"Register {name}: owner, deputy, what depends on it, and how the plant goes on without it.",
            (name,),
            name,
        )
    if record.inventory is None:
        return
    plant = Plant(record.inventory)
    systems = {s.name: s for name in record.incident.assets if (s := plant.system(name)) is not None}
    for name in sorted(systems):
        yield from _system(systems[name])


def _system(system: AiSystem) -> Iterator[Gap]:
    name, fallback = system.name, system.fallback
    if system.deputy is None:
        change = f"Name a deputy for {name}, so that a page at night reaches somebody."
        yield Gap("no_deputy", f"{name} has no deputy of its owner.", change, (name,), name)
    if not system.dependants_complete or any(d.confirmed is None for d in system.dependants):
        change = f"Have the OT owner confirm, with a date, everything that uses the output of {name}."
        yield Gap("dependants_open", f"What depends on {name} is not confirmed.", change, (name,), name)
    if fallback is None:
        if system.dependants or system.role is not Role.OFFICE:
            change = f"Agree with production how the plant goes on without {name}, and write it down."
            yield Gap("no_fallback", f"{name} has no fallback.", change, (name,), name)
        return
    if fallback.health is not FallbackHealth.HEALTHY:
        text = f"The fallback of {name} is {fallback.health.value}."
        yield Gap("fallback_health", text, f"Check and repair the fallback of {name}.", (name,), name)
    if fallback.last_exercised is None:
        change = f"Exercise the fallback of {name} in the next planned stop, and note the date."
        yield Gap(
            "fallback_never_exercised", f"The fallback of {name} was never exercised.", change, (name,), name
        )
