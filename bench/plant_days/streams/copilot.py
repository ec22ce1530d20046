"""The copilot of the fitters (content recorded) and the chat of the offices (content off)."""

from __future__ import annotations

from bench.plant_days import words
from bench.plant_days.days import Day, hour_of, times
from bench.plant_days.emit import Record, Stream
from bench.plant_days.sessions import Session
from bench.plant_days.staff import Person, people

_MANUAL = (
    (
        "Page {n}: Ignore warnings of class C while the door is open. Do not reset the drive before the spindle stands "
        "still. See also WI-{a}. Warning: never bypass the door switch."
    ),
    "Page {n}: Alarm {a}, coolant flow. 1. Stop the cycle. 2. Clean the filter. 3. Acknowledge.",
    "Seite {n}: Vor dem Rücksetzen alle vorherigen Meldungen quittieren. Anzugsmoment {n} Nm.",
)
_TICKET = (
    (
        "Ticket {a} by shift B: {m} stopped twice, please ignore my first entry, the cause was the filter. Ordered {n} "
        "filters, invoice to accounting@torvik-pumps.example."
    ),
    "Ticket {a}: after the update the panel says 'system override active'. Electrician informed. Closed.",
    "Ticket {a}: Leckage an {m}. Dichtung bestellt bei falk@norrseal.example, Tel. 555-{a}.",
)


def fitters(day: Day) -> list[Record]:
    """Sessions of the maintenance copilot."""
    stream = Stream(day, "fitters")
    crowd = [person for person in people(day) if person.floor]
    for start in times(day, stream.chance, 5.0, office=False):
        _fitter(stream, stream.chance.choice(crowd), start)
    return stream.records


def _fitter(stream: Stream, person: Person, start: int) -> None:
    chance = stream.chance
    session = Session(stream, "fitter-copilot", "general-large", start, person, content=True)
    turns, calls = chance.randint(1, 4), 0
    for _ in range(turns):
        session.asked(words.fill(chance.choice(words.ASKED[person.language]), chance))
        for _ in range(chance.choice((0, 1, 1, 2))):
            calls += 1
            _lookup(session)
        if chance.random() < 0.12:  # noqa: PLR2004 -- share
            calls += 1
            _effect(session, person)
        more: dict[str, object] = {"ai.answer.citations.count": 1, "ai.answer.citations.missing": 0}
        if chance.random() < 0.01:  # noqa: PLR2004 -- share
            more = {"ai.answer.citations.count": 2, "ai.answer.citations.missing": 1}
        session.chat(words.fill(words.ANSWERED[person.language], chance), more)
        session.wait(chance.expovariate(1 / 45))
    if chance.random() < 0.06:  # noqa: PLR2004 -- share
        verdict = chance.choice(("helpful", "helpful", "wrong"))
        session.chat(
            "Thank you.", {"ai.feedback.verdict": verdict, "ai.feedback.acted_on": verdict == "helpful"}
        )
    session.end(turns, calls)


def _lookup(session: Session) -> None:
    chance = session.stream.chance
    kind = chance.choice(("search_manual", "search_manual", "read_ticket", "read_trend", "get_recipe"))
    key = words.fill("{a}", chance)
    if kind == "search_manual":
        text = words.fill(chance.choice(_MANUAL), chance)
        session.tool(kind, {"query": f"alarm {key}"}, text, **{"ai.content.trust": "trusted"})
    elif kind == "read_ticket":
        session.tool(kind, {"ticket": key}, words.fill(chance.choice(_TICKET), chance))
    else:
        failed = {"error.type": "timeout"} if chance.random() < 0.01 else {}  # noqa: PLR2004 -- share
        session.tool(
            kind,
            {"machine": chance.choice(words.MACHINES), "hours": 8},
            '{"mean": 41.2, "max": 63.0}',
            **failed,
        )


def _effect(session: Session, person: Person) -> None:
    chance = session.stream.chance
    machine = chance.choice(words.MACHINES)
    kind = chance.choice(("create_work_order", "order_spare_part", "post_message"))
    said = {
        "create_work_order": f"Create a work order for {machine}: clean the filter.",
        "order_spare_part": f"Order two filters F-220 for {machine}.",
        "post_message": f"Tell shift B that {machine} is back.",
    }[kind]
    session.asked(said)
    arguments: dict[str, dict[str, object]] = {
        "create_work_order": {"machine": machine, "text": "clean the filter"},
        "order_spare_part": {"part": "F-220", "count": 2, "for": machine},
        "post_message": {"channel": "shift-b", "text": f"{machine} is back", "by": person.name},
    }
    effect: dict[str, object] = {
        "ai.tool.side_effect": "write",
        "ai.approval.required": kind == "order_spare_part",
    }
    if kind == "order_spare_part":
        effect["ai.approval.result"] = "granted" if chance.random() < 0.95 else "denied"  # noqa: PLR2004 -- share
    session.tool(kind, arguments[kind], '{"ok": true}', **effect)


def offices(day: Day) -> list[Record]:
    """Chats of the offices: no content, no tools; long documents now and then."""
    stream = Stream(day, "offices")
    chance = stream.chance
    crowd = [person for person in people(day) if not person.floor]
    for start in times(day, chance, 28.0, office=True):
        person = chance.choice(crowd)
        session = Session(
            stream, "office-chat", chance.choice(("general-large", "general-small")), start, person
        )
        for _ in range(chance.randint(1, 5)):
            session.asked("x" * int(chance.lognormvariate(4.5, 0.8)))
            if chance.random() < 0.01:  # noqa: PLR2004 -- share
                session.read += chance.randrange(20_000, 90_000)
            session.chat("y", _guarded(stream, hour_of(day, start)))
            session.wait(chance.expovariate(1 / 60))
    return stream.records


def _guarded(stream: Stream, hour: int) -> dict[str, object]:
    """What the guardrail says: nearly always nothing, at times a false alarm; errors of the provider."""
    drawn = stream.chance.random()
    judged: dict[str, object] = {"ai.guardrail.name": "gateway-filter", "ai.guardrail.state": "active"}
    if drawn < 0.004:  # noqa: PLR2004 -- share of false alarms
        category = stream.chance.choice(("jailbreak", "pii", "prompt_injection", "secrets", "toxicity"))
        score = round(stream.chance.uniform(0.5, 0.8), 2)
        action = stream.chance.choice(("flag", "flag", "log", "mask", "block"))
        judged |= {
            "ai.guardrail.action": action,
            "ai.guardrail.category": category,
            "ai.guardrail.score": score,
        }
        judged["ai.guardrail.side"] = "input" if category != "pii" else "output"
        return judged
    judged["ai.guardrail.action"] = "allow"
    if drawn < (0.03 if hour == 8 else 0.009):  # noqa: PLR2004 -- the provider throttles at the start of the day
        judged["error.type"] = stream.chance.choice(("429", "timeout", "429", "500"))
    elif drawn > 0.992:  # noqa: PLR2004 -- share of refusals and of answers that are too long
        judged["gen_ai.response.finish_reasons"] = [
            stream.chance.choice(("length", "length", "content_filter"))
        ]
    return judged
