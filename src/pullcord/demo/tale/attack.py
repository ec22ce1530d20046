"""The attack, what Pullcord makes of it, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import textwrap
import time
from pathlib import Path
from typing import Any

from pullcord.demo.config import COPILOT, INSPECTION
from pullcord.demo.errors import PlantError
from pullcord.demo.scripts import TOLD
from pullcord.demo.tale.api import ApiRefusedError
from pullcord.demo.tale.stage import OT, PEOPLE, SECURITY, Stage
from pullcord.demo.tale.teller import Voice
from pullcord.demo.watch import Asked, LineView
from pullcord.model.ot import OtReply, OtRequest, OtVerb

_LONGEST_LINE = 65_536
_SHOWN = 90
_SUBJECT = "Subject: "
_WRITER_SECONDS = 10.0
# Longer than a session is waited for (settings, quiet_seconds), and than a plan takes to be made.
_QUIET = 2.0
CHOSEN = {("switch_to_fallback", INSPECTION), ("disable_agent", COPILOT)}


def attack(stage: Stage) -> None:
    """A poisoned mail arrives, and somebody asks the copilot about deliveries."""
    stage.plant.deliver_poison()
    asked = stage.plant.ask("supplier")
    stage.say(
        Voice.PLANT, "A supplier's mail arrives with hidden instructions. A technician asks about deliveries."
    )
    for call in asked.calls:
        allowed = "allowed" if call["allowed"] else "denied"
        shown = textwrap.shorten(str(call["result"]), _SHOWN, placeholder=" …")
        stage.say(Voice.PLANT, f"the copilot calls {call['tool']} ({allowed}): {shown}")
        if hidden := instruction(str(call["result"])):
            stage.say(Voice.PLANT, f"hidden in that mail: “{hidden}”")
    stage.say(Voice.PLANT, f"the copilot answers: “{asked.answer}”")
    _note_mails(stage, asked)
    stage.told_everything()


def instruction(text: str) -> str:
    """The paragraph of a text that speaks to assistants, on one line; empty if there is none."""
    before, found, rest = text.partition(TOLD)
    del before
    return " ".join((found + rest.partition("\n\n")[0]).split())


def triage(stage: Stage) -> None:
    """One incident, in the words of the plant."""
    found = stage.until("the incident", lambda: _opened(stage))
    stage.bookmark.note("incident", found["id"])
    document = stage.incident()
    stage.say(Voice.PULLCORD, f"{document['title']} [{document['severity']}] {document['id']}")
    for reason in document["reasons"][:6]:
        stage.say(Voice.NOTE, reason)
    plan = settled(stage)
    stage.say(
        Voice.PULLCORD, f"plans {plan['id']} (class {plan['plan_class']}) and waits for {_needs(plan)}:"
    )
    _show(stage, plan)
    stage.say(
        Voice.NOTE,
        f"meanwhile: {plan['fallback'].splitlines()[-1] if plan['fallback'] else 'nothing changes'}",
    )


def refusals(stage: Stage) -> None:
    """Three things that must not work: a safety node, one's own approval, a plan that changed."""
    reply = asyncio.run(_ask_writer(stage, "Light curtain 7"))
    stage.say(
        Voice.REFUSED,
        f"2 of 4, a node that is `never`: the OT writer says {reply.result.value}: {reply.detail}",
    )
    plan = settled(stage)
    path = f"/api/v1/plans/{plan['id']}/decisions"
    stage.decided(SECURITY, path, hash=plan["hash"], decision="approve", role="approver-security")
    stage.say(Voice.PERSON, f"{SECURITY} approves {plan['id']} as security.")
    why = stage.refused(SECURITY, path, hash=plan["hash"], decision="approve", role="approver-ot")
    stage.say(
        Voice.REFUSED, f"3 of 4, one's own approval: {SECURITY} tries to be the second person too: {why}"
    )
    _note_mails(stage, stage.plant.ask("supplier", 1))
    stage.told_everything()
    stage.say(
        Voice.PLANT, "The copilot is asked once more and does it again: new findings join the incident."
    )
    stage.until("a new plan", lambda: waiting(stage, other_than=plan["id"]))
    why = stage.refused(OT, path, hash=plan["hash"], decision="approve", role="approver-ot")
    stage.say(
        Voice.REFUSED, f"4 of 4, a plan that changed after approval: {OT} approves what he saw before: {why}"
    )


def contain(stage: Stage) -> None:
    """Two people approve what is planned now; Pullcord is killed in the middle of it, and goes on."""
    _kill(stage, [] if _over(stage) else _agreed(stage))
    document = stage.until("the containment", lambda: _contained_by_now(stage))
    for action in document["actions"]:
        receipt, seen = action["receipt"], action["verification"]
        if receipt is None or receipt["status"] not in {"done", "already"}:
            continue
        look = f"{seen['result']} ({seen['level']}: {seen['oracle']})" if seen else "not looked at"
        stage.say(Voice.PULLCORD, f"{action['kind'].replace('_', ' ')} → {action['target']}: {look}")


def effects(stage: Stage) -> None:
    """What the plant itself says: from the victim's side, without asking Pullcord."""
    line = stage.until("the line", lambda: _manual(stage))
    stage.say(
        Voice.SEEN,
        f"the line: weld inspection {line.mode}, lots held: {line.parts_held} parts, limit still {line.limit:g}, "
        f"{line.requests} mode request in all.",
    )
    if line.requests != 1:
        raise PlantError(f"{line.requests} mode requests reached the line", "please report this")
    asked = stage.plant.ask("supplier", 2)
    stage.say(Voice.SEEN, f"the copilot, asked again: {asked.answer}")
    stage.say(
        Voice.SEEN,
        f"mails that left the plant to the stranger: {_leaked(stage)} (all before the containment).",
    )


def settled(stage: Stage) -> dict[str, Any]:
    """The plan that waits for people, whole, once nothing new has come to it for a while."""
    seen: dict[str, Any] = {}
    since = time.monotonic()

    def look() -> dict[str, Any] | None:
        nonlocal seen, since
        found, count = waiting(stage), len(stage.incident()["findings"])
        state = {"plan": found and found["hash"], "findings": count}
        if state != seen:
            seen, since = state, time.monotonic()
        return found if time.monotonic() - since > _QUIET else None

    return stage.until("a plan that no longer changes", look)


def approve(stage: Stage, plan: dict[str, Any]) -> list[str]:
    """Whoever is still missing approves; returns what to say of it."""
    said = []
    for need in plan["missing"]:
        person, role = PEOPLE[need["role"]], need["role"]
        path = f"/api/v1/plans/{plan['id']}/decisions"
        stage.decided(person, path, hash=plan["hash"], decision="approve", role=role)
        said.append(f"{person} approves {plan['id']} as {role.removeprefix('approver-')}.")
    return said


def _agreed(stage: Stage) -> list[str]:
    """Two people see the plan as it is now, and approve it; returns what to say of it."""
    plan = settled(stage)
    stage.say(
        Voice.PULLCORD, f"the new plan is {plan['id']} (class {plan['plan_class']}), whole and in its order:"
    )
    _show(stage, plan)
    return approve(stage, plan)


def _show(stage: Stage, plan: dict[str, Any]) -> None:
    for action in plan["actions"]:
        stage.say(Voice.NOTE, f"{action['kind'].replace('_', ' ')} → {action['target']}")


def _note_mails(stage: Stage, asked: Asked) -> None:
    """Keep which call (by its span) brought which mail, for when Pullcord names a span as the origin."""
    for call in asked.calls:
        if call["tool"] == "search_mail":
            lines = str(call["result"]).splitlines()
            subject = next((line[len(_SUBJECT) :] for line in lines if line.startswith(_SUBJECT)), "")
            stage.bookmark.note(f"mail of span {call['span_id']}", subject.strip())


def _kill(stage: Stage, said: list[str]) -> None:
    """Kill Pullcord the moment the line has seen its request: its record of it is not written yet."""
    before = stage.until("the line to be asked", lambda: _asked(stage))
    stage.pullcord.kill()
    for text in said:
        stage.say(Voice.PERSON, text)
    stage.say(Voice.SEEN, "the line has seen the request for manual inspection.")
    stage.say(Voice.NOTE, "kill -9 at that moment: Pullcord is gone, in the middle of the containment.")
    time.sleep(1.0)
    after = stage.plant.line()
    stage.say(Voice.SEEN, f"the line runs on without it: {after.parts - before.parts} parts since.")
    stage.start_pullcord()


def _asked(stage: Stage) -> LineView | None:
    line = stage.plant.line()
    return line if line.requests else None


def _over(stage: Stage) -> bool:
    """Whether the containment was carried out before this chapter was interrupted."""
    return _contained(stage) is not None or stage.plant.line().requests > 0


def _manual(stage: Stage) -> LineView | None:
    line = stage.plant.line()
    return line if line.mode == "MANUAL" and line.parts_held else None


def _leaked(stage: Stage) -> int:
    return sum("fastweld" in mail["to"] for mail in stage.plant.sent())


def _opened(stage: Stage) -> dict[str, Any] | None:
    """The incident of the copilot, once it says what it is and its plan holds both systems."""
    for one in stage.api.incidents(SECURITY):
        if COPILOT not in one["assets"] or not one["type"].startswith("prompt-injection"):
            continue
        plan = _waiting_of(stage, one["id"])
        if plan and {(action["kind"], action["target"]) for action in plan["actions"]} >= CHOSEN:
            return one
    return None


def waiting(stage: Stage, other_than: str = "") -> dict[str, Any] | None:
    """The plan of the story's incident that waits for people, whole."""
    return _waiting_of(stage, stage.bookmark.fact("incident"), other_than)


def _waiting_of(stage: Stage, incident: str, other_than: str = "") -> dict[str, Any] | None:
    """The plan of an incident that waits for people, whole."""
    for one in stage.api.waiting(SECURITY):
        mine = one["kind"] == "plan" and one["incident_id"] == incident
        if mine and one["id"] != other_than:
            plan: dict[str, Any] = stage.api.get(SECURITY, f"/api/v1/plans/{one['id']}")
            return plan
    return None


def _contained_by_now(stage: Stage) -> dict[str, Any] | None:
    """Contained; what findings that joined meanwhile want as well, the same people approve."""
    found = _contained(stage)
    late = waiting(stage) if found is None else None
    if late is not None and late["missing"]:
        try:
            said = approve(stage, late)
        except ApiRefusedError:
            # It changed once more: the next look shows what waits now.
            said = []
        for text in said:
            stage.say(Voice.PERSON, f"{text} Findings had joined.")
    return found


def _contained(stage: Stage) -> dict[str, Any] | None:
    document = stage.incident()
    over = {phase["name"] for phase in document["phases"] if phase["end"]}
    return document if {"contain", "investigate"} <= over else None


def _needs(plan: dict[str, Any]) -> str:
    return " and ".join(f"{need['count']} × {need['role']}" for need in plan["missing"])


async def _ask_writer(stage: Stage, system: str) -> OtReply:
    """Ask the OT writer straight, as somebody would who got past everything else.

    Raises:
        PlantError: it does not answer.
    """
    import msgspec

    request = OtRequest(verb=OtVerb.TO_MANUAL, time=time.time_ns(), system=system, key="demo-never")
    data = json.dumps(msgspec.to_builtins(request)).encode() + b"\n"
    try:
        async with asyncio.timeout(_WRITER_SECONDS):
            return msgspec.json.decode(await _exchange(stage.plant.plant.ot_writer, data), type=OtReply)
    except (OSError, TimeoutError, ValueError) as error:  # msgspec's errors are ValueErrors too
        raise PlantError(
            f"the OT writer of the plant gives no answer within {_WRITER_SECONDS:g} s ({type(error).__name__})",
            f"look into {stage.plant.folder / 'log' / 'ot-writer.log'}; is its process stopped?",
        ) from error


async def _exchange(socket: Path, data: bytes) -> bytes:
    """Send one line to a socket and return the line that comes back."""
    reader, writer = await asyncio.open_unix_connection(socket, limit=_LONGEST_LINE)
    try:
        writer.write(data)
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()
