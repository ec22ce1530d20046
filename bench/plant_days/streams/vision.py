"""Three cameras over the paint line: dirt on the lens, changing products, lamps that age, one retraining."""

from __future__ import annotations

from bench.plant_days.days import HOUR, Day, hour_of, times
from bench.plant_days.emit import Record, Stream
from bench.plant_days.streams.lifecycle import version

CAMERAS = ("camera-a", "camera-b", "camera-c")
_CLASSES = ("ok", "run", "dust", "scratch", "thin")
_PRODUCTS = ("P-20", "P-40", "P-63", "P-80")
_CLEANED = 3
"""Days between two cleanings of a lens."""


def inspections(day: Day) -> list[Record]:
    """One event per inspected part (every fourth is recorded)."""
    stream = Stream(day, "vision")
    for index, camera in enumerate(CAMERAS):
        _camera(stream, camera, index)
    _care(stream)
    return stream.records


def _product(day: Day, hour: int) -> int:
    changes = sum(hour >= change for change in day.changeovers)
    return (day.number * 2 + changes + day.seed) % len(_PRODUCTS)


def _camera(stream: Stream, camera: str, index: int) -> None:
    day, chance = stream.day, stream.chance
    for number, time in enumerate(times(day, chance, 110, office=False)):
        hour = hour_of(day, time)
        if day.under_maintenance(hour):
            continue
        product = _product(day, hour)
        dirt = ((day.number + index) % _CLEANED + hour / 24) / _CLEANED
        share = 0.025 + 0.008 * product + 0.02 * dirt * (index == 1)
        bad = chance.random() < share
        found = chance.choices(_CLASSES[1:], (2, 3 + 2 * dirt, 1, 1 + product))[0] if bad else "ok"
        certain = chance.betavariate(6, 3) if bad else chance.betavariate(30 - 8 * dirt, 1.6)
        anomaly = chance.betavariate(2 + 0.4 * product + dirt, 14) if not bad else chance.betavariate(5, 6)
        attributes: dict[str, object] = {
            "vision.camera": camera,
            "vision.result": "fail" if bad else "pass",
            "vision.class": found,
            "vision.confidence": round(certain, 4),
            "vision.anomaly.score": round(anomaly, 4),
            "vision.part": f"{_PRODUCTS[product]}-{day.number}-{index}-{number}",
            "vision.lot": f"L{day.number:03}{hour // 8}",
            "vision.line.moving": True,
            "ai.model.name": "paint-defects",
            "ai.model.version": version(day, "paint-defects"),
        }
        if number % 50 == 0:
            attributes["vision.confidence.psi"] = round(0.02 + 0.05 * dirt + abs(chance.gauss(0, 0.015)), 3)
        if chance.random() < 0.02:  # noqa: PLR2004 -- share that people check too
            agrees = chance.random() < 0.97  # noqa: PLR2004 -- how well people and camera agree
            attributes["vision.second_check.result"] = (
                attributes["vision.result"] if agrees else "fail" if not bad else "pass"
            )
        stream.ai(time, "vision", attributes, asset=camera)


def _care(stream: Stream) -> None:
    """Lenses get dirty and are cleaned; lamps age; service covers a camera; a threshold is changed with approval."""
    day, chance = stream.day, stream.chance
    for index, camera in enumerate(CAMERAS):
        about = {"vision.camera": camera, "vision.line.moving": True}
        if (day.number + index) % _CLEANED == _CLEANED - 1 and day.working:
            time = day.start + int(chance.uniform(13.2, 13.8) * HOUR)
            stream.ai(time, "vision", {**about, "vision.camera.state": "dirty"}, asset=camera)
            stream.ai(time + HOUR // 2, "vision", {**about, "vision.camera.state": "ok"}, asset=camera)
        if day.number % 17 == 5 + index:
            time = day.start + 9 * HOUR
            stream.ai(time, "vision", {**about, "vision.camera.state": "lamp_weak"}, asset=camera)
        if day.maintenance:
            state = {"vision.camera": camera, "vision.line.moving": False, "vision.maintenance": True}
            for offset, what in ((0, "covered"), (3, "moved"), (5, "defocused"), (7, "ok")):
                time = day.start + (6 + offset) * HOUR + chance.randrange(HOUR // 4)
                stream.ai(time, "vision", {**state, "vision.camera.state": what}, asset=camera)
            frozen = {**state, "vision.frame.repeated.count": 400}
            stream.ai(day.start + 8 * HOUR, "vision", frozen, asset=camera)
    if day.number % 7 == 2:  # noqa: PLR2004 -- Wednesdays
        change = {
            "vision.camera": chance.choice(CAMERAS),
            "vision.config.action": "change_threshold",
            "vision.config.change.approved": True,
            "vision.config.change.origin": "pipeline",
            "vision.config.old": "0.52",
            "vision.config.new": "0.54",
        }
        stream.ai(day.start + 10 * HOUR, "vision", change, asset=str(change["vision.camera"]))
