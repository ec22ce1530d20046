"""What the tests of use cases and commands start from: a recording, a plant, made-up weights, a run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from pullcord import content
from pullcord.app.inventory import read_inventory
from pullcord.app.judging import Judging
from pullcord.app.respond import Recording, Run
from pullcord.investigation.evidence import ATTEMPT, CERTAINTY, SESSION
from pullcord.investigation.features import NAMES
from pullcord.investigation.weights import SCHEMA, Linear, Thresholds, Tree, Weights
from pullcord.model.event import Event, LogSource
from pullcord.model.incident import Incident, PhaseName
from tests.recordings.morning import lines

TIMES = frozenset({"time", "start", "end", "first_time", "last_time"})
# What counts time or hangs on times: never the same in two runs.
CLOCKED = TIMES | {"previous", "chain", "text", "value"}


def recording(folder: Path) -> Path:
    """The demo recording as a file."""
    path = folder / "recording.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
    return path


def inventory(folder: Path) -> Path:
    """The demo plant as a file."""
    path = folder / "plant.yaml"
    path.write_bytes(content.read("demo", "plant.yaml"))
    return path


def respond(
    out: Path,
    *paths: Path,
    simulate: bool = False,
    on_phase: Callable[[Incident, PhaseName], None] = lambda _incident, _phase: None,
) -> list[Incident]:
    """Respond to some files (else the demo recording) in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    files = paths or (recording(out),)
    job = Recording(files, out, Judging(read_inventory(inventory(out))), simulate)
    return Run(job, tell=_nothing_refused, on_phase=on_phase).execute()


def _nothing_refused(line: str) -> None:
    raise AssertionError(line)


def documents(out: Path) -> dict[str, Any]:
    """Every incident document of a run by incident id."""
    found = {
        path.parent.name: json.loads(path.read_bytes()) for path in out.glob("incidents/*/incident.json")
    }
    assert found, f"{out} holds no incident document"
    return found


def timeless(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """The same JSON value without anything that depends on when the run was."""
    if isinstance(value, dict):
        if str(value.get("description", "")).startswith("events "):
            # These bytes hold the time of receipt and the name of the input.
            value = {key: item for key, item in value.items() if key not in {"digest", "size"}}
        return {key: timeless(item) for key, item in value.items() if key not in CLOCKED}
    if isinstance(value, list):
        return [timeless(item) for item in value]
    return re.sub(r"\d+ bytes kept", "bytes kept", value) if isinstance(value, str) else value


def results(out: Path) -> dict[str, Any]:
    """Index, folded records and documents of a run without times."""
    folded = [json.loads(line) for line in (out / "folded.ndjson").read_bytes().splitlines()]
    return {
        "index": timeless(json.loads((out / "index.json").read_bytes())),
        "folded": timeless(folded),
        "documents": timeless(documents(out)),
    }


def event(name: str, time: int = 0, trace: str | None = "t", **more: object) -> Event:
    made = Event(
        id=name,
        time=time,
        logsource=LogSource(product="ai", category="agent"),
        attributes={"text": "ü", "n": 3, "share": 0.5, "ok": True, "tags": ["a", "b"], "list": [1, 2]},
        trace_id=trace,
    )
    return msgspec.structs.replace(made, **more)


def native(name: str, **attributes: object) -> str:
    """A native event as a line."""
    return json.dumps(
        {
            "id": name,
            "time": "2026-03-17T05:00:00Z",
            "asset": "maintenance-copilot",
            "logsource": {"product": "ai", "category": "ot", "service": "ot-gateway"},
            "attributes": attributes,
        }
    )


def refused_write(name: str) -> str:
    """A line that a shipped rule speaks of: an AI wrote a value that the line refused."""
    fields: dict[str, object] = {"ot.operation": "write", "ot.principal.kind": "ai", "ot.tag": "x"}
    return native(name, **fields, **{"ot.envelope.result": "rejected"})


def made_up_weights() -> bytes:
    """Weights that are sound and know nothing."""

    def linear(width: int) -> Linear:
        return Linear([0.0] * width, [1.0] * width, [0.0] * width, 0.0)

    sure = linear(len(CERTAINTY))
    return msgspec.json.encode(
        Weights(
            schema=SCHEMA,
            features=[NAMES[0]],
            linear=linear(1),
            linear_share=0.5,
            trees=[Tree([-1], [0.0], [-1], [-1], [0.0])],
            tree_bias=0.0,
            session=linear(len(SESSION)),
            attempt=linear(len(ATTEMPT)),
            origin=sure,
            action=sure,
            joint=sure,
            thresholds=Thresholds(0.4, 0.4),
            made_with={"by": "a test"},
        )
    )
