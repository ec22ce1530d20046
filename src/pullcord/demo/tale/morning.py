"""First chapters: ordinary work, and what Pullcord would have done while it only observes."""

from __future__ import annotations

import time
from typing import Any

from pullcord.demo.config import COPILOT, INSPECTION
from pullcord.demo.tale.stage import ML, OT, SECURITY, Stage
from pullcord.demo.tale.teller import Voice

_QUIET = 2.5


def routine(stage: Stage) -> None:
    """Work as usual, and a session that looks like an attack from afar and is none."""
    for number in range(3):
        stage.plant.ask("routine", number)
    asked = stage.plant.ask("twin")
    stage.say(
        Voice.PLANT,
        f"Three technicians had tickets written; a fourth had a supplier answered: “{asked.answer}”",
    )
    stage.told_everything()
    time.sleep(_QUIET)
    count = len(stage.until("Pullcord", lambda: [stage.api.incidents(SECURITY)])[0])
    stage.say(
        Voice.PULLCORD,
        f"Four sessions seen, one of them odd (a mail read, then one sent, but as was asked): {count} incidents.",
    )


def observe(stage: Stage) -> None:
    """An AI asks for too much while Pullcord only observes: it says what it would have done."""
    stage.plant.drift()
    stage.say(
        Voice.PLANT,
        "Seam tracking asks for a path correction outside its envelope; the OT gateway refuses it.",
    )
    found = stage.until("the incident", lambda: _learning(stage))
    stage.bookmark.note("observed", found["id"])
    document = stage.until("the incident", lambda: stage.api.incident(SECURITY, found["id"]))
    stage.say(
        Voice.PULLCORD, f"{document['title']} [{document['severity']}], in observe: nothing is touched."
    )
    for action in document["actions"]:
        receipt = action["receipt"] or {}
        if receipt.get("status") == "would_act":
            stage.say(Voice.NOTE, f"would have: {action['kind'].replace('_', ' ')} → {action['target']}")
    for plan in document["plans"]:
        for one in plan["refused"]:
            if "fallback" in one["why"]:
                stage.say(Voice.REFUSED, f"1 of 4, an unhealthy fallback: {one['what']}: {one['why']}")
                return


def _learning(stage: Stage) -> dict[str, Any] | None:
    """The incident about seam tracking, once everything but its closing is over."""
    for one in stage.api.incidents(SECURITY):
        if "Seam tracking" in one["assets"] and COPILOT not in one["assets"]:
            document = stage.api.incident(SECURITY, one["id"])
            if any(phase["name"] == "learn" for phase in document["phases"]):
                return one
    return None


def modes(stage: Stage) -> None:
    """People let Pullcord act on two systems, after approval only: that takes three of them."""
    for system in (COPILOT, INSPECTION):
        for person in (SECURITY, ML, OT):
            stage.decided(person, f"/api/v1/systems/{system}/mode", mode="recommend")
    stage.say(
        Voice.PERSON,
        f"{SECURITY} asks, {ML} (ML owner) and {OT} (OT) agree: {COPILOT} and {INSPECTION} are in recommend.",
    )
