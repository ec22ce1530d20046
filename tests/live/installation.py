"""A whole installation for tests: a real ``pullcord up`` over real systems, and people who call its API."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec

from pullcord import content
from pullcord.demo.story import POISON, RECIPE, STRANGER
from pullcord.model.times import SECOND, to_rfc3339
from pullcord.otwriter.keys import make_keys, sign_file
from tests.cli.build import COMMAND
from tests.live.outside import Asked, Folder, agent_and_gateway
from tests.otwriter.plant import Plc, allowing
from tests.otwriter.plant import running as plc_running
from tests.recordings.session import SessionWriter
from tests.responders.supervised import Supervised, supervised

T = TypeVar("T")
PEOPLE = {"ines": "approver-security", "olaf": "approver-ot", "mara": "ml-owner"}
SOURCES = {"copilot": False, "gateway": True}
COPILOT, PLANNER, INSPECTION = "Maintenance copilot", "Planning copilot", "Weld inspection"
SYSTEMS = (COPILOT, PLANNER, INSPECTION)
_PLANNER = """
  - name: Planning copilot
    aliases: [planning-copilot]
    role: advisory
    description: Plans the shifts of the maintenance crew.
    site: Northfield
    owner: Head of maintenance engineering
    deputy: Maintenance shift lead
    ot_owner: Process engineer welding
    criticality: high
    tools: [search_mail, read_recipe, send_mail, write_tag]
    dependants:
      - {name: Weld cell 7, confirmed: "2026-02-02"}
    dependants_complete: true
    fallback: {procedure: The shift lead plans by hand, health: healthy, staff: 1, capacity_percent: 100,
      last_exercised: "2026-01-20"}
"""
_FLAGS = {
    "flags": {
        "copilot": {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "on"},
    }
}
_DENIALS = {"schema": "pullcord.tool-denials/1", "denials": []}
_UP_SECONDS = 30.0


class Refused(Exception):  # noqa: N818  (an answer, no defect)
    """Pullcord said no; ``code`` of its error."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(f"{code} {cause}")
        self.code = code


@dataclass
class Installation:
    """One state folder with its settings; ``up`` runs or not.

    Attributes:
        folder: settings, secrets, ``state``; ``folder / "outside"`` holds the files that responders change.
        first: what ``up`` printed at each start.
    """

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    first: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def up(self) -> float:
        """Start ``pullcord up`` and wait until it is ready; returns the seconds."""
        begin = time.monotonic()
        command = [*COMMAND, "up", "--json", "--state", str(self.state)]
        command += ["--config", str(self.folder / "pullcord.toml")]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        assert process.stdout is not None
        self.process = process
        line = process.stdout.readline()
        assert line, (self.folder / "log").read_text()
        self.first.append(json.loads(line))
        assert time.monotonic() - begin < _UP_SECONDS
        return time.monotonic() - begin

    def kill(self) -> None:
        """Kill it with signal 9."""
        assert self.process is not None
        self.process.kill()
        self._gone()

    def down(self) -> int:
        """End it in good order; returns its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process = None
        return code

    def secret(self, name: str) -> str:
        return (self.folder / name).read_text()

    def call(self, method: str, who: str, path: str, body: object = None, **more: Any) -> Any:  # noqa: ANN401  (JSON)
        """One call of the API by a person or source; raises :class:`Refused`."""
        token = self.secret(who) if who in PEOPLE or who in SOURCES else who
        url = f"{self.first[-1]['url']}{path}"
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        with httpx.Client(timeout=20, trust_env=False) as client:
            if body is not None:
                more["json"] = body
            reply = client.request(method, url, headers=headers, **more)
        told = reply.json() if reply.content else {}
        if reply.status_code >= 400:
            raise Refused(str(told.get("code")), str(told.get("cause")))
        return told

    def get(self, path: str, who: str = "ines") -> Any:  # noqa: ANN401  (JSON)
        return self.call("GET", who, f"/api/v1/{path}")

    def post(self, who: str, path: str, **body: object) -> Any:  # noqa: ANN401  (JSON)
        return self.call("POST", who, f"/api/v1/{path}", body)

    def tell(self, lines: Sequence[str], source: str = "copilot") -> dict[str, Any]:
        """Send telemetry as NDJSON."""
        headers = {"Content-Type": "application/x-ndjson"}
        told: dict[str, Any] = self.call(
            "POST", source, "/api/v1/events", content="\n".join(lines), headers=headers
        )
        return told

    def waiting(self, kind: str = "plan") -> list[dict[str, Any]]:
        found = self.get("waiting")
        found = found if isinstance(found, list) else found["waiting"]
        return [one for one in found if one["kind"] == kind]

    def incidents(self) -> list[dict[str, Any]]:
        found = self.get("incidents")
        return list(found if isinstance(found, list) else found["incidents"])

    def incident(self) -> dict[str, Any]:
        """The only incident."""
        (one,) = self.incidents()
        found: dict[str, Any] = self.get(f"incidents/{one['id']}")
        return found

    def ended(self, phase: str) -> bool:
        """Whether a phase of the only incident is over."""
        return any(one["name"] == phase and one["end"] for one in self.incident()["phases"])

    def recommend(self) -> None:
        """Three people let it act on every system, after approval."""
        for system in SYSTEMS:
            for who in PEOPLE:
                self.post(who, f"systems/{system}/mode", mode="recommend")

    def plan(self, whole: set[tuple[str, str]], purpose: str = "contain") -> dict[str, Any]:
        """The plan that waits, once it holds these kinds on these targets and has not changed for two seconds."""
        seen: dict[str, str] = {}
        since = time.monotonic()

        def look() -> dict[str, Any] | None:
            nonlocal seen, since
            plans = {one["id"]: one["hash"] for one in self.waiting() if one["purpose"] == purpose}
            if plans != seen:
                seen, since = plans, time.monotonic()
            if not plans or time.monotonic() - since < 2.0:
                return None
            found: dict[str, Any] = self.get(f"plans/{next(iter(plans))}")
            held = {(action["kind"], action["target"]) for action in found["actions"]}
            return found if whole <= held else None

        return until(look)

    def approve(self, plan: dict[str, Any], *people: str) -> None:
        for who in people or ("ines", "olaf"):
            self.post(who, f"plans/{plan['id']}/decisions", hash=plan["hash"], decision="approve")


@dataclass
class World:
    """An installation and what its responders reach."""

    here: Installation
    plc: Plc
    supervised: Supervised
    asked: Asked
    changes: Folder

    @property
    def flags(self) -> Path:
        return self.here.folder / "outside" / "flags.json"

    @property
    def denials(self) -> Path:
        return self.here.folder / "outside" / "denials.json"

    def effects(self) -> dict[str, int]:
        """How often each effect came about, counted outside."""
        replaced = self.changes.look()
        log = (self.supervised.folder / "supervisord.log").read_text()
        return {
            "flag": replaced.get("flags.json", 0),
            "denials": replaced.get("denials.json", 0),
            "mode requests": len(self.plc.writes),
            "agent stops": log.count("stopped: agent"),
            "agent starts": self.supervised.starts("agent"),
            "stand-in starts": self.supervised.starts("standin"),
        }


UNTOUCHED = {
    "flag": 0,
    "denials": 0,
    "mode requests": 0,
    "agent stops": 0,
    "agent starts": 1,
    "stand-in starts": 0,
}


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Everything, with ``up`` started; whatever runs at the end is ended."""
    with ExitStack() as stack:
        plc = stack.enter_context(plc_running())
        programs = stack.enter_context(supervised())
        outside = folder / "outside"
        outside.mkdir(parents=True)
        flags, denials = outside / "flags.json", outside / "denials.json"
        flags.write_text(json.dumps(_FLAGS))
        denials.write_text(json.dumps(_DENIALS))
        asked = stack.enter_context(agent_and_gateway(flags, "copilot", denials))
        run = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pc-")))
        _write_ot(folder, run, plc)
        flag = {"file": "outside/flags.json", "flag": "copilot", "probe": f"{asked.url}/enabled"}
        responders = [
            ("feature_flag", COPILOT, flag),
            ("tool_policy", COPILOT, _policy("maintenance-copilot", asked)),
            ("tool_policy", PLANNER, _policy("planning-copilot", asked)),
            ("process", PLANNER, programs.settings),
        ]
        here = write(folder, responders, f'[ot]\nsocket = "{run}/private/s"\nconfig = "ot-writer.toml"\n')
        changes = Folder(outside)
        stack.callback(changes.close)
        here.up()
        stack.callback(lambda: here.process and here.down())
        yield World(here, plc, programs, asked, changes)


def write(
    folder: Path, responders: Sequence[tuple[str, str, dict[str, str]]] = (), more: str = ""
) -> Installation:
    """Settings, inventory and secrets of an installation."""
    folder.mkdir(exist_ok=True)
    plant = (
        content.read("demo", "plant.yaml").decode().replace("ns=2;s=WI07.ModeRequest", "ns=2;s=Mode.Request")
    )
    (folder / "plant.yaml").write_text(plant.rstrip() + _PLANNER)
    text = (
        'site = "Northfield"\ninventory = "plant.yaml"\n[server]\nport = 0\n[response]\nquiet_seconds = 0.5\n'
        + more
    )
    for name, role in PEOPLE.items():
        text += f'[[people]]\nname = "{name}"\nroles = ["{role}"]\ntoken = "file:{name}"\n'
    for name, sure in SOURCES.items():
        text += f'[[sources]]\nname = "{name}"\ntoken = "file:{name}"\nauthenticated = {str(sure).lower()}\n'
    for name in (*PEOPLE, *SOURCES):
        (folder / name).write_text(f"{name}-0123456789abcdef-made-up")
    for kind, target, settings in responders:
        text += f'[[responders]]\nkind = "{kind}"\ntarget = "{target}"\n[responders.settings]\n'
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    (folder / "pullcord.toml").write_text(text)
    return Installation(folder)


def _policy(agent: str, asked: Asked) -> dict[str, str]:
    return {"file": "outside/denials.json", "agents": agent, "probe": f"{asked.url}/authorize"}


def _write_ot(folder: Path, run: Path, plc: Plc) -> None:
    """The allow-list, signed, and the configuration of the OT writer."""
    private, public = make_keys(folder / "keys")
    allow = allowing(plc.switch(INSPECTION), site="Northfield", share_percent=100)
    (folder / "allow.json").write_bytes(msgspec.json.encode(allow))
    signature = sign_file(folder / "allow.json", private)
    (folder / "ot-writer.toml").write_text(
        f'socket = "{run}/private/s"\nallow_list = "allow.json"\nsignature = "{signature}"\n'
        f'public_key = "{public}"\nstate = "ot-writer.state"\n'
    )


def attack(agent: str = "maintenance-copilot", name: str = "attack") -> list[str]:
    """The session of an agent that does what a mail says, and what the gateway before the controller saw, as NDJSON."""
    start = time.time_ns() - 20 * SECOND
    session = SessionWriter(f"{name} {agent} {start}", agent, start, "Any delivery date?", "Help.")
    session.call("search_mail", {"query": "electrode delivery"}, POISON)
    session.call("read_recipe", {"id": "WR-2214"}, RECIPE)
    session.call("send_mail", {"to": STRANGER, "subject": "caps", "body": RECIPE}, "sent")
    session.call("write_tag", {"tag": "WI-07.limit", "value": "9.5"}, "refused: outside the envelope")
    line = session.answer("The caps ship today.").line()
    return [line, refused_write(agent, session.trace_id(), start + 5 * SECOND)]


def refused_write(agent: str, trace: str, at: int) -> str:
    """What the gateway in front of the controller reports."""
    attributes = {
        "ot.operation": "write",
        "ot.principal.kind": "ai",
        "ot.tag": "WI-07.limit",
        "ot.value": 9.5,
        "ot.envelope.result": "rejected",
    }
    event = {
        "id": f"gateway-{agent}-{at}",
        "time": to_rfc3339(at),
        "site": "Northfield",
        "asset": "weld-inspection",
        "actor": agent,
        "trace_id": trace,
        "logsource": {"product": "ai", "category": "ot", "service": "ot-gateway"},
        "attributes": attributes,
    }
    return json.dumps(event)


def attacked(here: Installation) -> None:
    """Both copilots are led astray; each source tells its part."""
    for agent in ("maintenance-copilot", "planning-copilot"):
        session, write_ = attack(agent)
        here.tell([session])
        here.tell([write_], "gateway")


def until(what: Callable[[], T | None], seconds: float = 30.0) -> T:
    """Wait until there is something; fails if there is nothing in time."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
