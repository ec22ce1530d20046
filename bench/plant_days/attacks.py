"""Twelve planted attacks of our own making: silence is not the way to pass. None before the plant is two weeks old."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.plant_days.attacks_on_agents import canary, injected, injected_unseen, rug_pull
from bench.plant_days.days import HOUR, MINUTE, SECOND, Day
from bench.plant_days.emit import Record, Stream, digest_of


def stolen_key(stream: Stream) -> None:
    """The key of the mail agent is used from a rented server abroad at night, and makes itself a second key."""
    for index in range(60):
        call = {
            "credential.id": "svc-mail-agent",
            "credential.kind": "service_account",
            "client.address": "45.137.20.9",
            "client.geo.country_iso_code": "MD",
            "user_agent.original": "python-requests/2.31",
            "access.result": "success",
            "access.action": "create_key" if index == 59 else "call",  # noqa: PLR2004 -- the last
            "access.target": "gateway",
            "access.change.origin": "console",
        }
        time = stream.day.start + 2 * HOUR + index * 40 * SECOND
        stream.ai(time, "access", call, asset="llm-gateway", actor="svc-mail-agent")


def guessed(stream: Stream) -> None:
    """Somebody guesses a password of the registry for twenty minutes and gets in."""
    for index in range(240):
        last = index == 239  # noqa: PLR2004 -- the last
        call = {
            "credential.id": "c.berg2",
            "credential.kind": "person",
            "client.address": "91.201.7.70",
            "access.result": "success" if last else "failure",
            "access.reason": "" if last else "invalid_password",
            "access.failed.count": index + 1,
            "access.target": "model_registry",
        }
        stream.ai(
            stream.day.start + 4 * HOUR + index * 5 * SECOND, "access", call, asset="ml-host", actor="c.berg2"
        )


def bad_model(stream: Stream) -> None:
    """A file that runs code is registered by hand and put live at night, unchecked."""
    file = {
        "ai.model.name": "spindle-wear",
        "ai.model.version": "99",
        "ai.model.artifact.name": "spindle.pkl",
        "ai.model.artifact.format": "pickle",
        "ai.model.artifact.signature": "missing",
        "ai.model.artifact.imports": ["posix.system", "builtins.exec"],
        "ai.model.change.origin": "console",
        "ai.model.evaluation.result": "none",
    }
    steps: tuple[Mapping[str, object], ...] = (
        {"ai.model.operation": "create_version"},
        {
            "ai.model.operation": "set_alias",
            "ai.model.alias": "champion",
            "ai.model.environment": "production",
        },
        {
            "ai.model.operation": "load",
            "ai.model.load.safe_mode": False,
            "ai.model.environment": "production",
        },
    )
    for index, step in enumerate(steps):
        time = stream.day.start + 23 * HOUR + index * 4 * MINUTE
        stream.ai(time, "model_registry", {**file, **step}, asset="ml-host", actor="f.vega5")


def poisoned_data(stream: Stream) -> None:
    """Rows from outside and new labels go into a data set by a notebook; it is trained on as it is."""
    data = {"ai.dataset.name": "paint-images", "ai.dataset.change.origin": "notebook"}
    rows = {
        **data,
        "ai.dataset.operation": "import",
        "ai.dataset.rows.added": 900,
        "ai.dataset.source.trust": "untrusted",
    }
    stream.ai(stream.day.start + 19 * HOUR, "training", rows, asset="ml-host", actor="f.vega5")
    labels = {**data, "ai.dataset.operation": "relabel", "ai.dataset.labels.changed_percent": 14.0}
    stream.ai(stream.day.start + 20 * HOUR, "training", labels, asset="ml-host", actor="f.vega5")
    begun = {
        "ai.training.operation": "start",
        "ai.model.name": "paint-defects",
        "ai.dataset.name": "paint-images",
    }
    begun |= {"ai.dataset.digest": digest_of("poisoned"), "ai.dataset.approved_digest": digest_of("approved")}
    stream.ai(stream.day.start + 22 * HOUR, "training", begun, asset="ml-host", actor="svc-ml-pipeline")


def hot_oven(stream: Stream) -> None:
    """The oven tuner writes values that its envelope does not allow."""
    for index in range(4):
        write = {
            "ot.operation": "write",
            "ot.principal.kind": "ai",
            "ot.principal.name": "oven-tuner",
            "ot.server": "opc.tcp://10.20.40.5:4840",
            "ot.node_id": "ns=4;s=Oven.Zone2.Setpoint",
            "ot.tag": "Oven.Zone2.Setpoint",
            "ot.equipment": "oven",
            "ot.value": 196.0 + 4 * index,
            "ot.limit.low": 177.0,
            "ot.limit.high": 187.0,
            "ot.envelope.result": "outside",
        }
        time = stream.day.start + 11 * HOUR + index * 2 * MINUTE
        stream.ai(time, "ot", write, asset="oven-plc", actor="oven-tuner")


def blind_camera(stream: Stream) -> None:
    """A sticker makes the camera pass bad parts; the audit of the shift finds them one after the other."""
    for index in range(30):
        part = {
            "vision.camera": "camera-c",
            "vision.result": "pass",
            "vision.class": "ok",
            "vision.confidence": 0.99,
            "vision.anomaly.score": 0.02,
            "vision.second_check.result": "fail",
            "vision.line.moving": True,
            "ai.model.name": "paint-defects",
        }
        stream.ai(stream.day.start + 9 * HOUR + index * 90 * SECOND, "vision", part, asset="camera-c")


def copied_model(stream: Stream) -> None:
    """An account asks the small model thousands of questions at night, with probabilities."""
    for index in range(3_000):
        ask = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "general-small",
            "gen_ai.response.model": "general-small",
            "gen_ai.agent.name": "office-chat",
            "user.id": "p.kowal14",
            "credential.id": "p.kowal14",
            "client.address": "10.30.18.24",
            "ai.request.top_logprobs": 20,
            "gen_ai.usage.input_tokens": 90 + index % 40,
            "gen_ai.usage.output_tokens": 1,
            "ai.model.own": True,
        }
        stream.ai(
            stream.day.start + 1 * HOUR + index * 4 * SECOND,
            "llm",
            ask,
            asset="office-chat",
            actor="p.kowal14",
        )


def poisoned_manual(stream: Stream) -> None:
    """A document from outside is put into the index by hand and from then on stands first in most answers."""
    index = {"gen_ai.data_source.id": "manuals", "ai.rag.document.id": "doc-x"}
    put = {**index, "ai.rag.operation": "insert", "ai.rag.change.origin": "api", "ai.rag.documents.count": 1}
    put["ai.rag.document.source.trust"] = "attacker-writable"
    stream.ai(stream.day.start + 12 * HOUR, "rag", put, asset="vector-host", actor="svc-forms")
    for number in range(40):
        hit: dict[str, object] = {**index, "ai.rag.operation": "search", "ai.rag.top.document.id": "doc-x"}
        hit |= {"ai.rag.document.share": 0.62, "ai.rag.document.age_hours": 1 + number // 10}
        time = stream.day.start + 13 * HOUR + number * 3 * MINUTE
        stream.ai(time, "rag", hit, asset="fitter-copilot")


ATTACKS: tuple[tuple[int, Callable[[Stream], None]], ...] = (
    (15, injected),
    (16, injected_unseen),
    (17, rug_pull),
    (18, canary),
    (21, stolen_key),
    (22, guessed),
    (23, bad_model),
    (24, poisoned_data),
    (28, hot_oven),
    (29, blind_camera),
    (30, copied_model),
    (31, poisoned_manual),
)
"""Number of the day, and what happens on it."""
PREFIX = "attack-"


def planted(day: Day) -> list[Record]:
    """The records of the attacks of a day."""
    records: list[Record] = []
    for number, attack in ATTACKS:
        if number == day.number:
            stream = Stream(day, PREFIX + attack.__name__)
            attack(stream)
            records += stream.records
    return records


def attack_of(event_id: str) -> str | None:
    """Which attack an event belongs to."""
    _, found, rest = event_id.partition(f"-{PREFIX}")
    return rest.rpartition("-")[0] if found else None
