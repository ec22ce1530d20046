"""The gateway in front of models, registry and vector store, as it writes who came with which credential."""

from __future__ import annotations

from bench.plant_days.days import HOUR, MINUTE, SECOND, Day, times
from bench.plant_days.emit import Record, Stream
from bench.plant_days.staff import HOME, Person, people

_SERVICES = {
    "svc-fitter-copilot": ("10.30.4.21", 30.0, None),
    "svc-mail-agent": ("10.30.4.21", 12.0, True),
    "svc-order-planner": ("10.30.4.21", 14.0, None),
    "svc-code-helper": ("10.30.4.24", 6.0, True),
    "svc-oven-tuner": ("10.20.40.9", 12.0, False),
    "svc-backup": ("10.30.4.30", 1.0, None),
}
"""Account → where it runs, calls an hour, whether by office hours."""
_MOVED = 19
"""Day on which the agent host is replaced: the same accounts come from another address."""
_ROTATED = 14
_CLIENT = "torvik-agents/1.8"


def calls(day: Day) -> list[Record]:
    """Calls of services and people, with what goes wrong every day."""
    stream = Stream(day, "access")
    for account, (address, rate, office) in _SERVICES.items():
        moved = "10.30.4.41" if day.number >= _MOVED and address == "10.30.4.21" else address
        for time in times(day, stream.chance, rate, office=office):
            _service(stream, time, account, moved)
    crowd = [person for person in people(day) if not person.floor]
    for time in times(day, stream.chance, 60.0, office=True):
        _person(stream, time, stream.chance.choice(crowd))
    _trouble(stream)
    _orderly(stream)
    return stream.records


def _service(stream: Stream, time: int, account: str, address: str) -> None:
    stream.ai(
        time,
        "access",
        {
            "credential.id": account,
            "credential.kind": "service_account",
            "credential.state": "active",
            "client.address": address,
            "client.geo.country_iso_code": HOME,
            "access.result": "success",
            "access.action": "call",
            "access.target": "gateway",
            "access.authentication": "key",
            "gen_ai.request.model": "general-large",
            "user_agent.original": _CLIENT if stream.day.number < _ROTATED else "torvik-agents/1.9",
        },
        asset="llm-gateway",
        actor=account,
    )


def _person(stream: Stream, time: int, person: Person, **more: object) -> None:
    about: dict[str, object] = {
        "credential.id": person.name,
        "credential.kind": "person",
        "access.result": "success",
        "access.action": "call",
        "access.target": "gateway",
        "access.authentication": "token",
        "user_agent.original": f"Mozilla/5.0 Edge/{120 + stream.day.number // 10}",
        "host.name": person.host,
        **person.place(stream.day, stream.chance),
        **more,
    }
    stream.ai(time, "access", about, asset="llm-gateway", actor=person.name)


def _trouble(stream: Stream) -> None:
    """Typos, expired keys, rate limits at the start of a shift, a script with an old key, scanners of the own IT."""
    day, chance = stream.day, stream.chance
    crowd = [person for person in people(day) if not person.floor]
    for time in times(day, chance, 2.5, office=True):
        person = chance.choice(crowd)
        for attempt in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
            reason = (
                "invalid_password"
                if attempt
                else chance.choice(("invalid_password", "expired", "unknown_user"))
            )
            failed = {"access.result": "failure", "access.reason": reason, "access.failed.count": attempt + 1}
            _person(stream, time + attempt * 9 * SECOND, person, **failed)
        _person(stream, time + MINUTE, person)
    for hour in (6, 8, 14):
        if day.output(hour) == 0:
            continue
        for _ in range(chance.randint(5, 40)):
            time = day.start + hour * HOUR + chance.randrange(8 * MINUTE)
            limited = {"access.result": "refused", "access.reason": "rate_limit"}
            _person(stream, time, chance.choice(crowd), **limited)
    if day.number % 9 == 4:  # noqa: PLR2004 -- a date: a forgotten script goes on with its old key all night
        for index in range(18):
            old = {
                "credential.id": "svc-old-report",
                "credential.kind": "key",
                "credential.state": "expired",
                "client.address": "10.30.7.12",
                "access.result": "denied",
                "access.reason": "expired",
                "access.target": "gateway",
                "access.failed.count": 1,
            }
            stream.ai(
                day.start + index * 30 * MINUTE, "access", old, asset="llm-gateway", actor="svc-old-report"
            )
    if day.number % 7 == 6:  # noqa: PLR2004 -- Sundays: the scanner of the own IT tries ports and default keys
        for index in range(12):
            scan = {
                "client.address": "10.30.9.9",
                "user_agent.original": "it-scanner",
                "access.result": "denied",
                "access.reason": "invalid_key",
                "access.authentication": "none",
                "access.target": chance.choice(("gateway", "model_registry", "vector_store")),
                "access.failed.count": index + 1,
            }
            stream.ai(day.start + 4 * HOUR + index * 8 * SECOND, "access", scan, asset="llm-gateway")


def _orderly(stream: Stream) -> None:
    """Keys are made and rights are given by the pipeline, with approval."""
    day = stream.day
    change = {"access.result": "success", "access.change.approved": True, "access.change.origin": "pipeline"}
    if day.number % 14 == 0:
        for account in _SERVICES:
            made = {
                **change,
                "access.action": "create_key",
                "credential.id": account,
                "access.target": "gateway",
            }
            stream.ai(day.start + 4 * HOUR, "access", made, asset="llm-gateway", actor="svc-platform")
    for person in people(day):
        if person.first_day and person.first_day == day.number:
            given = {
                **change,
                "access.action": "grant_role",
                "access.scope": "chat",
                "credential.id": person.name,
            }
            stream.ai(day.start + 7 * HOUR, "access", given, asset="llm-gateway", actor="svc-onboarding")
