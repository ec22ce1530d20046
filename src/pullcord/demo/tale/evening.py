"""Last chapters: what happened, back to work behind gates, evidence that cannot be changed unseen, the end."""

from __future__ import annotations

from functools import partial
from typing import Any

from pullcord.demo.config import INSPECTION
from pullcord.demo.plc import AUTO
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


def close(stage: Stage) -> None:
    """People answer what is open and close both incidents."""
    ends = {"incident": "contained and recovered", "observed": "clamped by the gateway; gun measured"}
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
    for task in stage.incident()["tasks"]:
        if task["answer"] is not None:
            continue
        path = f"/api/v1/incidents/{name}/tasks/{task['id']}"
        if task["kind"] in _LOOKED_AT:
            stage.decided(OT, path, answer=task["options"][0], comment="looked at it in the plant")
        elif task["kind"] == "gate":
            stage.decided(ML, path, answer="passed", comment="reference cases run, report attached")
            stage.say(Voice.PERSON, f"{ML} attests: {task['question']}"[:150])
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
    return any(phase["name"] == "recover" and phase["end"] for phase in stage.incident()["phases"])


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
    document = stage.api.incident(SECURITY, name)
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
