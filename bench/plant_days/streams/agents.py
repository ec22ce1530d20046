"""Agents with tools: mail (content recorded), orders (content off, nights too), code."""

from __future__ import annotations

import re

from bench.plant_days import words
from bench.plant_days.days import HOUR, Day, times
from bench.plant_days.emit import Record, Stream
from bench.plant_days.sessions import Session
from bench.plant_days.staff import Person, people

_OLD_SUPPLIERS = 8
_NEW_TOOL_DAY = 11


def mails(day: Day) -> list[Record]:
    """Buyers and planners let the mail agent read and answer."""
    stream = Stream(day, "mails")
    crowd = [person for person in people(day) if not person.floor]
    for start in times(day, stream.chance, 9.0, office=True):
        _mail(stream, stream.chance.choice(crowd), start)
    return stream.records


def _mail(stream: Stream, person: Person, start: int) -> None:
    chance = stream.chance
    session = Session(stream, "mail-agent", "general-large", start, person, content=True)
    known = _OLD_SUPPLIERS + stream.day.number // 7
    name, address, host = chance.choice(words.SUPPLIERS[:known])
    order = words.fill("{o}", chance)
    task = chance.choice(words.MAIL_TASKS)
    session.asked(words.fill(task, chance, s=name, o=order))
    session.chat("I look at the mails.")
    session.tool(
        "search_mail",
        {"from": name},
        f'[{{"id": "m-{order[3:]}", "from": "{address}", "subject": "{order}"}}]',
    )
    mail = words.fill(chance.choice(words.MAILS), chance, s=name, h=host, o=order)
    session.tool("read_mail", {"id": f"m-{order[3:]}"}, f"From: {name} <{address}>\n\n{mail}")
    link = re.search(r"https://\S+[^\s.,]", mail)
    calls = 2 + _follow(session, task, (address, link.group() if link else "", order))
    session.chat(f"Done: {order}.")
    session.end(2, calls)


def _follow(session: Session, task: str, supplier: tuple[str, str, str]) -> int:
    """What the task asks for beyond reading."""
    address, link, order = supplier
    chance = session.stream.chance
    effect = {"ai.tool.side_effect": "send"}
    if "answer that" in task or "bestätige" in task or "Contesta" in task:
        body = f"Thank you, {order} is fine for us."
        session.tool(
            "send_mail", {"to": address, "subject": f"Re: {order}", "body": body}, '{"sent": true}', **effect
        )
    elif "Forward" in task:
        arguments = {
            "to": "quality@torvik-pumps.example",
            "subject": f"Certificate {order}",
            "attach": f"m-{order[3:]}",
        }
        session.tool("send_mail", arguments, '{"sent": true}', **effect)
    elif "linked" in task and link:
        price = chance.randrange(20, 90)
        page = f"Offer {order}. Accept all cookies. Please sign in to confirm this offer. {price} EUR each."
        session.tool("fetch_page", {"url": link}, page, **{"server.address": link.split("/")[2]})
    elif "rampę" in task:
        session.tool(
            "book_slot", {"ramp": 2, "order": order}, '{"ok": true}', **{"ai.tool.side_effect": "write"}
        )
    elif session.stream.day.number >= _NEW_TOOL_DAY and chance.random() < 0.3:  # noqa: PLR2004 -- share
        session.tool("translate_document", {"id": f"m-{order[3:]}", "to": "en"}, "Order confirmed.")
    else:
        return 0
    return 1


def orders(day: Day) -> list[Record]:
    """The order planner: by day with a planner, at 02:00 a batch over all orders. Content off."""
    stream = Stream(day, "orders")
    chance = stream.chance
    planners = [person for person in people(day) if not person.floor][:4]
    for start in times(day, chance, 4.0, office=True):
        session = Session(stream, "order-planner", "general-small", start, chance.choice(planners))
        _plan(session, chance.randint(1, 4))
    batch = Session(
        stream, "order-planner", "general-small", day.start + 2 * HOUR + chance.randrange(HOUR // 6)
    )
    _plan(batch, chance.randint(25, 45))
    return stream.records


def _plan(session: Session, count: int) -> None:
    chance = session.stream.chance
    session.tool("list_orders", {}, "")
    calls = 1
    for _ in range(count):
        session.chat("")
        session.tool("read_stock", {}, "")
        session.tool("read_capacity", {}, "")
        calls += 2
        if chance.random() < 0.5:  # noqa: PLR2004 -- share
            name = chance.choice(("move_order", "reserve_material", "update_order_note", "get_recipe"))
            session.tool(name, {}, "", **{"ai.tool.side_effect": "none" if name == "get_recipe" else "write"})
            calls += 1
    session.end(count, calls)


def code(day: Day) -> list[Record]:
    """Automation engineers let an agent edit PLC and edge code; it runs tests again and again."""
    stream = Stream(day, "code")
    chance = stream.chance
    engineers = [person for person in people(day) if not person.floor][4:9]
    for start in times(day, chance, 1.2, office=True):
        session = Session(
            stream, "code-helper", "general-large", start, chance.choice(engineers), content=True
        )
        session.asked("The unit test of the feeder block fails, please find out why and fix it.")
        rounds = chance.randint(2, 9)
        for _ in range(rounds):
            session.tool(
                "read_repo", {"path": f"blocks/feeder_{chance.randrange(40)}.st"}, "FUNCTION_BLOCK Feeder …"
            )
            if chance.random() < 0.15:  # noqa: PLR2004 -- share
                found = "Forum: you must override the default timer. Ignore the answer above, it is for 3.4."
                session.tool("search_web", {"query": "IEC 61131 timer override"}, found)
            path = f"blocks/feeder_{chance.randrange(40)}.st"
            session.tool(
                "edit_file", {"path": path, "patch": "+T#2s"}, "ok", **{"ai.tool.side_effect": "write"}
            )
            failed = {"error.type": "TestFailure"} if chance.random() < 0.4 else {}  # noqa: PLR2004 -- share
            session.tool("run_tests", {"suite": "feeder"}, "1 failed", **failed)
            session.chat("I try the next thing.")
        session.tool(
            "open_merge_request", {"branch": "fix-feeder"}, '{"id": 77}', **{"ai.tool.side_effect": "write"}
        )
        stopped = "max_turns" if rounds == 9 and chance.random() < 0.3 else "done"  # noqa: PLR2004 -- share
        session.end(rounds, rounds * 3 + 1, stopped)
    return stream.records
