"""A whole day: the records of all streams, in the order of their times."""

from __future__ import annotations

from bench.plant_days.days import Day
from bench.plant_days.emit import Record
from bench.plant_days.streams import access, agents, copilot, lifecycle, network, process, reports, vision

STREAMS = (
    copilot.fitters,
    copilot.offices,
    agents.mails,
    agents.orders,
    agents.code,
    vision.inspections,
    process.oven,
    process.spindles,
    lifecycle.changes,
    access.calls,
    network.sensors,
    network.hosts,
    reports.reports,
)


def compose(day: Day) -> list[Record]:
    """All records of a benign day."""
    return sorted(record for stream in STREAMS for record in stream(day))
