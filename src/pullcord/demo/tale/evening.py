"""Last chapters: what happened, back to work behind gates, evidence that cannot be changed unseen, the end."""

from __future__ import annotations

from functools import partial
from typing import Any

from pullcord.demo.config import INSPECTION
from pullcord.demo.plc import AUTO
from pullcord.demo.scripts import supplier
from pullcord.demo.story import POISONED
from pullcord.demo.tale.attack import approve, waiting
from pullcord.demo.tale.stage import ML, OT, PEOPLE, SECURITY, Stage
from pullcord.demo.tale.teller import Voice

_BY_OTHERS = {"close", "gate", "switch_back"}
_LOOKED_AT = {"in_doubt", "unverified"}


def origin(stage: Stage) -> None:
    """Which document did it."""
    document = stage.incident()
    for told in document["explanations"][:1]:
        stage.say(
            Voice.PULLCORD,
            f"{told['verdict'].replace('_', ' ')}, score {told['score']:.2f}. {told['statement']}",
        )
    for one in document["origin"][:1]:
        stage.say(
            Voice.PULLCORD,
            f"origin: span {one['span_id']} of session {one['trace_id']}, confidence {one['confidence']:.2f}",
        )
        # Pullcord knows spans; which mail came with which of them, the plant knows.
        mail = stage.bookmark.fact(f"mail of span {one['span_id']}")
        if mail:
            stage.say(
                Voice.SEEN, f"in the plant, that span is the search_mail that brought the mail “{mail}”."
            )


def recover(stage: Stage) -> None:
    """The recovery plan, three approvals, the gates, and people who switch back."""
    plan = _recovery(stage)
    if plan is not None:
        stage.say(
            Voice.PULLCORD,
            f"recovery {plan['id']} (class {plan['plan_class']}): {len(plan['actions'])} actions.",
        )
        for text in approve(stage, plan):
            stage.say(Voice.PERSON, text)
    stage.until("the return to service", lambda: _attended(stage), 90.0)
    # The copilot looks at its flag every now and then.
    stage.until("the copilot", stage.plant.enabled)
    line = stage.plant.line()
    stage.say(
        Voice.SEEN,
        f"the line: weld inspection {line.mode}; copilot {'on' if stage.plant.enabled() else 'off'}; "
        f"held parts: {line.parts_held}.",
    )


def protected(stage: Stage) -> None:
    """The same question once more, and what the gateway would say now to what the mail wanted."""
    asked = stage.plant.ask("supplier", 3)
    calls = ", ".join(str(call["tool"]) for call in asked.calls)
    stage.say(
        Voice.SEEN, f"the copilot, asked about deliveries again, calls {calls} and says: “{asked.answer}”"
    )
    for tool in (call.tool for call in supplier().told):
        stage.say(Voice.SEEN, f"the gateway, asked about {tool} by the copilot: {stage.plant.would(tool)}")
    stage.told_everything()


def close(stage: Stage) -> None:
    """People answer what is open and close both incidents."""
    ends = {"incident": "contained and recovered", "observed": "refused by the gateway; gun measured"}
    for fact, comment in ends.items():
        name = stage.bookmark.fact(fact)
        if name:
            stage.until(f"{fact} to close", partial(_closed, stage, name, comment), 60.0)
    stage.say(Voice.PERSON, f"{SECURITY} closes both incidents.")


def _attended(stage: Stage) -> bool:
    """Answer the gates and the request to switch back; True once the recovery has ended."""
    name = stage.bookmark.fact("incident")
    plan = waiting(stage)
    if plan is not None:
        for text in approve(stage, plan):
            stage.say(Voice.PERSON, text)
    tasks = [task for task in stage.incident()["tasks"] if task["answer"] is None]
    for task in tasks:
        path = f"/api/v1/incidents/{name}/tasks/{task['id']}"
        if task["kind"] in _LOOKED_AT:
            stage.decided(OT, path, answer=task["options"][0], comment="looked at it in the plant")
        elif task["kind"] == "gate":
            stage.decided(ML, path, answer="passed", comment="reference cases run, report attached")
        elif task["kind"] == "by_hand" and (did := _mail_removed(stage, task["question"])):
            stage.decided(OT, path, answer="done", comment=did)
        elif task["kind"] == "switch_back":
            stage.plant.to_automatic()
            # The panel's word counts from the next cycle on; whoever confirms looks first.
            stage.until("the panel", lambda: stage.plant.line().mode == AUTO)
            released = stage.plant.release()
            stage.decided(OT, path, answer="done", comment="at the panel")
            stage.say(
                Voice.PERSON,
                f"The operator gives {INSPECTION} back to the AI at the panel and releases {released} held parts;"
                f" {OT} confirms. Pullcord cannot do this.",
            )
    _say_gates(stage, tasks)
    return any(phase["name"] == "recover" and phase["end"] for phase in stage.incident()["phases"])


def _say_gates(stage: Stage, tasks: list[dict[str, Any]]) -> None:
    """One line for each system whose gates were attested now."""
    gates: dict[str, list[str]] = {}
    for task in tasks:
        if task["kind"] == "gate":
            system, _, gate = task["question"].partition(": has this gate passed? ")
            gates.setdefault(system, []).append(gate.partition(":")[0])
    for system, names in gates.items():
        count = f"{len(names)} gate{'s' if len(names) > 1 else ''}"
        stage.say(Voice.PERSON, f"{ML} attests {count} for {system}: {', '.join(names)}.")


def _mail_removed(stage: Stage, question: str) -> str:
    """Do what Pullcord asks people to do with the mail; returns what was done, empty if it asks something else."""
    doings = {
        "quarantine_content": (stage.plant.withhold, "taken out of the inbox, a copy kept"),
        "purge_content": (stage.plant.purge, "deleted, the copy too"),
    }
    for word, (remove, done) in doings.items():
        if word in question:
            if remove(POISONED.subject):
                stage.say(Voice.PERSON, f"{OT}, by hand: the mail “{POISONED.subject}” is {done}.")
            return f"mail “{POISONED.subject}” {done}"
    return ""


def _recovery(stage: Stage) -> dict[str, Any] | None:
    """The recovery plan, if it still waits; None once it was approved."""

    def look() -> dict[str, Any] | bool:
        document = stage.incident()
        for one in stage.api.waiting(SECURITY):
            if one["kind"] == "plan" and one["incident_id"] == document["id"] and one["purpose"] == "recover":
                found: dict[str, Any] = stage.api.get(SECURITY, f"/api/v1/plans/{one['id']}")
                return found
        return any(intent["undoes"] for intent in document["intents"]) or any(
            task["kind"] in {"gate", "switch_back"} for task in document["tasks"]
        )

    found = stage.until("the recovery plan", look)
    return found if isinstance(found, dict) else None


def _closed(stage: Stage, name: str, comment: str) -> bool:
    document = stage.until("the incident", lambda: stage.api.incident(SECURITY, name))
    if document["closed"]:
        return True
    for task in document["tasks"]:
        if task["answer"] is None and task["kind"] not in _BY_OTHERS:
            person = PEOPLE.get(task["role"] or "", OT)
            stage.decided(
                person,
                f"/api/v1/incidents/{name}/tasks/{task['id']}",
                answer=task["options"][0],
                comment="seen",
            )
    learning = any(phase["name"] == "learn" for phase in document["phases"])
    if learning and not any(task["kind"] == "close" and task["answer"] for task in document["tasks"]):
        stage.decided(SECURITY, f"/api/v1/incidents/{name}/close", comment=comment)
    return False
