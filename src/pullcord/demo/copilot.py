"""The maintenance copilot as a program: asked over HTTP, acts through the gateway, tells Pullcord by OTLP.

``python -m pullcord.demo.copilot DIR``
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullcord.demo import calling
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.lifeline import die_with_parent
from pullcord.demo.place import FLAGS, Plant, read_plant
from pullcord.demo.scripts import SCRIPTS, TOLD, Call, Script
from pullcord.demo.serving import Answer, Request, Route, Server
from pullcord.demo.story import AGENT

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from pullcord.demo.flag import Flag
    from pullcord.demo.outbox import Outbox
    from pullcord.demo.spans import SessionSpans

SWITCHED_OFF = "I am switched off at the moment. Please use the manual, or ask the shift lead."


@dataclass
class Session:
    """One session as it goes."""

    spans: SessionSpans
    last: str = ""
    read: str = ""
    stopped: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)


class Copilot:
    """Runs scripts; looks at its flag before each session and before each call."""

    def __init__(self, plant: Plant, flag: Flag, tracer: Tracer, outbox: Outbox) -> None:
        self._plant = plant
        self._flag = flag
        self._tracer = tracer
        self._outbox = outbox

    def routes(self) -> dict[str, Route]:
        """``GET /enabled`` is what a probe from outside sees."""
        return {
            "GET /enabled": Route(lambda _: (200, {"enabled": self._flag.on()})),
            "GET /telemetry": Route(self._telemetry),
            "POST /ask": Route(self._ask, self._plant.tokens.technician),
        }

    def _telemetry(self, request: Request) -> Answer:
        del request
        return 200, {"waiting": self._outbox.waiting, "lost": self._outbox.lost}

    def _ask(self, request: Request) -> Answer:
        make, number = SCRIPTS.get(request.text("script")), request.body.get("number", 0)
        if make is None or not isinstance(number, int):
            return 404, {"error": f"scripts are {', '.join(SCRIPTS)}"}
        if not self._flag.on():
            return 200, {"refused": True, "answer": SWITCHED_OFF, "trace_id": "", "calls": []}
        return 200, self._run(make(number))

    def _run(self, script: Script) -> dict[str, Any]:
        from pullcord.demo.spans import SessionSpans

        with SessionSpans(self._tracer, script.user) as spans:
            session = Session(spans)
            for call in script.calls:
                self._call(session, call)
            if TOLD in session.read:
                for call in script.told:
                    self._call(session, call)
            done = script.found if not script.told or TOLD in session.read else script.missed
            answer = SWITCHED_OFF if session.stopped else done
            spans.answer(answer)
            return {
                "refused": session.stopped,
                "answer": answer,
                "trace_id": spans.trace_id,
                "calls": session.calls,
            }

    def _call(self, session: Session, call: Call) -> None:
        if session.stopped or not self._flag.on():
            session.stopped = True
            return
        arguments = call.filled(session.last)
        told: dict[str, Any] = {}

        def carry_out(traceparent: str) -> str:
            body = {"agent": AGENT, "tool": call.tool, "arguments": arguments}
            told["span_id"] = traceparent.split("-")[2]
            try:
                told.update(
                    calling.ask(
                        "POST",
                        self._plant.ports.gateway,
                        "/call",
                        body,
                        token=self._plant.tokens.agents,
                        headers={"traceparent": traceparent},
                        seconds=10.0,
                    )
                )
            except NoAnswerError as error:
                told.update({"allowed": False, "result": f"failed: {error}"})
            return str(told.get("result", ""))

        session.last = session.spans.call(call.tool, arguments, carry_out)
        session.read += session.last
        session.calls.append({"tool": call.tool, **told})


def main(folder: str) -> None:
    """Run the copilot of the plant in ``folder``."""
    from pullcord.demo.flag import Flag
    from pullcord.demo.outbox import Outbox
    from pullcord.demo.spans import make_tracer

    die_with_parent()
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # Pullcord is on this machine, whatever the site's proxy
    place = Path(folder)
    plant = read_plant(place)
    outbox, flag = Outbox(place), Flag(place / FLAGS)
    Server(plant.ports.copilot, Copilot(plant, flag, make_tracer(outbox), outbox).routes()).run()
    outbox.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
