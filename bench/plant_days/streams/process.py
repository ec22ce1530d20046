"""The oven (closed loop), spindles (wear), and what OPC UA server, broker and PLC tell."""

from __future__ import annotations

import math

from bench.plant_days.days import HOUR, MINUTE, SECOND, Day, hour_of
from bench.plant_days.emit import Record, Stream
from bench.plant_days.streams.lifecycle import version

_ZONES = {1: 168.0, 2: 182.0, 3: 174.0}
_EVERY = 3 * MINUTE
_SESSIONS = 4
_MILLS = 12


def oven(day: Day) -> list[Record]:
    """Reads of eight tags every three minutes, and a small setpoint step of the AI every ten."""
    stream = Stream(day, "oven")
    chance = stream.chance
    level = dict.fromkeys(_ZONES, 0.0)
    written = dict(_ZONES)
    for step in range(24 * 20):
        time = day.start + step * _EVERY + chance.randrange(MINUTE // 2)
        hour = hour_of(day, time)
        running = day.output(hour) > 0 and not day.under_maintenance(hour)
        mode = "maintenance" if day.under_maintenance(hour) else "auto" if running else "manual"
        outside = 12 + 9 * math.sin((hour - 9) / 24 * math.tau) + day.number * 0.15
        for zone, base in _ZONES.items():
            target = written[zone] if running else 60.0
            level[zone] = (level[zone] or target) * 0.8 + 0.2 * target
            _read(stream, time, f"Oven.Zone{zone}.Temp", round(level[zone] + chance.gauss(0, 0.4), 2), mode)
            gas = (level[zone] - outside) * 0.31 + chance.gauss(0, 0.5)
            _read(stream, time, f"Oven.Zone{zone}.Gas", round(gas, 2), mode)
            if running and step % 3 == zone % 3 and chance.random() < 0.7:  # noqa: PLR2004 -- share
                written[zone] = _write(stream, time, zone, base, written[zone])
        _read(stream, time, "Oven.Outside", round(outside + chance.gauss(0, 0.2), 2), mode)
        _read(stream, time, "Oven.Belt", round((2.4 if running else 0.0) + chance.gauss(0, 0.01), 3), mode)
    _service(stream)
    return stream.records


def _about(tag: str, mode: str) -> dict[str, object]:
    return {
        "ot.server": "opc.tcp://10.20.40.5:4840",
        "ot.node_id": f"ns=4;s={tag}",
        "ot.tag": tag,
        "ot.equipment": "oven",
        "ot.mode": mode,
        "ot.security.mode": "SignAndEncrypt",
        "ot.user.kind": "certificate",
    }


def _read(stream: Stream, time: int, tag: str, value: float, mode: str) -> None:
    quality = "good" if stream.chance.random() > 0.001 else "uncertain"  # noqa: PLR2004 -- share
    read = {"ot.operation": "read", "ot.principal.kind": "program", "ot.principal.name": "historian"}
    more: dict[str, object] = {**_about(tag, mode), **read, "ot.value": value, "ot.quality": quality}
    if mode == "maintenance":
        more["ot.maintenance"] = True
    stream.ai(time, "ot", more, asset="oven-plc")


def _write(stream: Stream, time: int, zone: int, base: float, before: float) -> float:
    """A step within the envelope; at its edge the gateway clamps now and then."""
    wanted = before + stream.chance.gauss((base - before) * 0.3, 0.6)
    value = round(min(max(wanted, base - 5), base + 5), 1)
    write = {
        "ot.operation": "write",
        "ot.principal.kind": "ai",
        "ot.principal.name": "oven-tuner",
        "ot.value": value,
        "ot.previous_value": round(before, 1),
        "ot.limit.low": base - 5,
        "ot.limit.high": base + 5,
        "ot.envelope.result": "inside" if value == round(wanted, 1) else "clamped",
        "credential.id": "svc-oven-tuner",
    }
    tag = f"Oven.Zone{zone}.Setpoint"
    stream.ai(time, "ot", {**_about(tag, "auto"), **write}, asset="oven-plc", actor="oven-tuner")
    return value


def _service(stream: Stream) -> None:
    """What people do at the oven."""
    for hour in stream.day.changeovers:
        _changeover(stream, stream.day.start + hour * HOUR + stream.chance.randrange(HOUR // 2))
    if stream.day.maintenance:
        _maintain(stream)
    for _ in range(_SESSIONS):
        _session(stream)


def _changeover(stream: Stream, time: int) -> None:
    """A person writes setpoints, and alarms come in a flood."""
    chance = stream.chance
    for zone, base in _ZONES.items():
        write = {
            **_about(f"Oven.Zone{zone}.Setpoint", "auto"),
            "ot.operation": "write",
            "ot.principal.kind": "person",
            "ot.principal.name": "operator-panel",
            "ot.value": base + chance.choice((-2.0, 0.0, 2.0)),
            "ot.limit.low": base - 5,
            "ot.limit.high": base + 5,
        }
        stream.ai(time + zone * MINUTE, "ot", write, asset="oven-plc")
    for index in range(chance.randint(20, 90)):
        alarm = {
            "ot.operation": "event",
            "ot.event.type": "AlarmConditionType",
            "ot.event.severity": chance.choice((200, 400, 600, 800)),
            "ot.source": f"Oven.Alarm{index % 7}",
            "message": "Temperature deviation, ignore while heating up",
            "ot.server": "opc.tcp://10.20.40.5:4840",
        }
        stream.ai(time + index * 2 * SECOND, "ot", alarm, asset="oven-plc")


def _maintain(stream: Stream) -> None:
    """Values are forced in announced maintenance, and an interlock trips."""
    start = stream.day.start
    for index in range(12):
        forced = {
            **_about(f"Oven.Damper{index % 4}", "maintenance"),
            "ot.operation": "force",
            "ot.maintenance": True,
            "ot.principal.kind": "person",
            "ot.principal.name": "service-notebook",
            "ot.value": index % 2,
        }
        time = start + 7 * HOUR + index * 20 * MINUTE
        stream.ai(time, "ot", forced, asset="oven-plc", actor="service-notebook")
    trip = {
        **_about("Oven.BurnerGuard", "maintenance"),
        "ot.operation": "event",
        "ot.maintenance": True,
        "ot.interlock.name": "burner-guard",
        "ot.interlock.state": "tripped",
    }
    stream.ai(start + 9 * HOUR, "ot", trip, asset="oven-plc")


def _session(stream: Stream) -> None:
    """An engineer signs in; at times with a typo."""
    denied = stream.chance.random() < 0.15  # noqa: PLR2004 -- share of typos
    opened = {
        "ot.operation": "session",
        "ot.user.kind": "username",
        "ot.security.mode": "SignAndEncrypt",
        "ot.status": "BadUserAccessDenied" if denied else "Good",
        "ot.server": "opc.tcp://10.20.40.5:4840",
    }
    time = stream.day.start + int(stream.chance.uniform(6, 22) * HOUR)
    stream.ai(time, "ot", opened, asset="oven-plc", actor="engineer")


def spindles(day: Day) -> list[Record]:
    """Wear scores of twelve mills every ten minutes: they rise over weeks and fall when a spindle is changed."""
    stream = Stream(day, "spindles")
    chance = stream.chance
    for mill in range(_MILLS):
        for step in range(24 * 6):
            time = day.start + step * 10 * MINUTE + mill * 7 * SECOND
            hour = hour_of(day, time)
            if day.output(hour) == 0:
                continue
            age = ((day.number + mill * 9 + step / 144) % 70) / 70
            score = min(0.99, max(0.01, 0.12 + 0.5 * age**2 + chance.gauss(0, 0.03)))
            told = {
                "ai.model.name": "spindle-wear",
                "ai.model.version": version(day, "spindle-wear"),
                "ot.equipment": f"mill-{mill + 1:02}",
                "ai.prediction.score": round(score, 4),
                "ai.prediction.input.age_seconds": round(chance.expovariate(1 / 8), 1),
            }
            if step == 36:  # noqa: PLR2004 -- once a day, at six
                told["ai.prediction.drift.psi"] = round(0.03 + 0.12 * age + abs(chance.gauss(0, 0.01)), 3)
            stream.ai(time, "prediction", told, asset=f"mill-{mill + 1:02}", actor="svc-spindle-watch")
    if day.working and chance.random() < 0.5:  # noqa: PLR2004 -- share
        check = "pass" if chance.random() < 0.85 else "wrong"  # noqa: PLR2004 -- share
        advice = {"ai.model.name": "spindle-wear", "ai.advice.id": stream.key()}
        for hour, more in (
            (9, {"ai.advice.state": "proposed"}),
            (15, {"ai.advice.state": "applied", "ai.advice.check.result": check}),
        ):
            stream.ai(day.start + hour * HOUR, "prediction", {**advice, **more}, asset="mill-02")
    return stream.records
