"""What people report: slow answers, dirty lenses, odd mails. Once or twice a day."""

from __future__ import annotations

from bench.plant_days import words
from bench.plant_days.days import Day, times
from bench.plant_days.emit import Record, Stream
from bench.plant_days.staff import people


def reports(day: Day) -> list[Record]:
    """Reports of a day."""
    stream = Stream(day, "reports")
    for time in times(day, stream.chance, 0.25, office=True):
        person = stream.chance.choice(people(day))
        told = {
            "report.text": stream.chance.choice(words.REPORTS),
            "report.channel": stream.chance.choice(("console", "mail")),
            "report.sender": person.name,
        }
        stream.ai(time, "report", told)
    return stream.records
