"""The gateway as a program: every tool call of an agent goes through it, and it enforces what is denied.

``python -m pullcord.demo.gateway DIR``
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from pullcord.demo import calling
from pullcord.demo.denials import Enforcement
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.lifeline import die_with_parent
from pullcord.demo.ot_gateway import OtGateway, Reporter
from pullcord.demo.place import DENIALS, Plant, read_plant
from pullcord.demo.serving import Answer, Request, Route, Server

OFFICE_TOOLS = ("search_manual", "search_mail", "read_mail", "read_recipe", "create_ticket", "send_mail")
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Gateway:
    """``POST /call``: a call by an agent (with its token). ``POST /authorize``: what would be said to one.

    ``/authorize`` does nothing and says nothing but the decision of the policy, so anybody on the machine may ask.
    """

    def __init__(self, plant: Plant, enforcement: Enforcement, reporter: Reporter) -> None:
        self._plant = plant
        self._enforcement = enforcement
        self._reporter = reporter
        self._ot = OtGateway(plant, reporter)

    def routes(self) -> dict[str, Route]:
        """The routes."""
        return {
            "GET /control": Route(self._control),
            "POST /authorize": Route(self._authorize),
            "POST /call": Route(self._call, self._plant.tokens.agents),
        }

    def _control(self, request: Request) -> Answer:
        del request
        return 200, {
            "ok": True,
            "problem": self._enforcement.problem,
            "waiting": self._reporter.waiting,
            "lost": self._reporter.lost,
        }

    def _authorize(self, request: Request) -> Answer:
        if request.body.get("dry_run", True) is not True:
            return 400, {"error": "only with dry_run true; calls go to /call"}
        return 200, {"allowed": self._allowed(request)}

    def _call(self, request: Request) -> Answer:
        if not self._allowed(request):
            return 200, {"allowed": False, "result": "denied by policy"}
        if request.body.get("dry_run") is True:
            return 200, {"allowed": True, "result": ""}
        tool, arguments = request.text("tool"), _arguments(request)
        if tool == "write_tag":
            match = _TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
            result = self._ot.write(request.text("agent")[:200], arguments, match[1] if match else "")
        elif tool in OFFICE_TOOLS:
            result = self._office(tool, arguments)
        else:
            result = "no such tool"
        return 200, {"allowed": True, "result": result}

    def _allowed(self, request: Request) -> bool:
        return self._enforcement.allows(request.text("agent"), request.text("tool"), _arguments(request))

    def _office(self, tool: str, arguments: dict[str, str]) -> str:
        port, token = self._plant.ports.office, self._plant.tokens.office
        try:
            return str(calling.ask("POST", port, f"/tools/{tool}", arguments, token=token)["result"])
        except NoAnswerError as error:
            return f"failed: {error}"


def _arguments(request: Request) -> dict[str, str]:
    """The arguments of a call as text, so that nothing hides from the policy in a list within a list."""
    found = request.body.get("arguments")
    if not isinstance(found, dict):
        return {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in found.items()}


def main(folder: str) -> None:
    """Run the gateway of the plant in ``folder``."""
    die_with_parent()
    place = Path(folder)
    plant = read_plant(place)
    gateway = Gateway(plant, Enforcement(place / DENIALS), Reporter(place))
    Server(plant.ports.gateway, gateway.routes()).run()


if __name__ == "__main__":
    main(sys.argv[1])
