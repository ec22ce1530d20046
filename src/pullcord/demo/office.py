"""The office as a program: mail, recipes, tickets and the manual. Only the tool gateway reaches them.

``python -m pullcord.demo.office DIR``
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from pullcord.demo.lifeline import die_with_parent
from pullcord.demo.place import DESK, kept, read_plant, write
from pullcord.demo.serving import Answer, Request, Route, Server
from pullcord.demo.story import INBOX, MANUAL, POISONED, RECIPE, RECIPE_ID, Mail

_MOST_KEPT = 300
_FIRST_TICKET = 70_400


class Desk(msgspec.Struct, kw_only=True):
    """``office.json``: what lies in the office."""

    inbox: list[Mail] = msgspec.field(default_factory=lambda: list(INBOX))
    withheld: list[Mail] = []
    sent: list[dict[str, str]] = []
    tickets: list[dict[str, Any]] = []
    opened: int = 0


class Office:
    """Keeps the latest 300 of each kind, also over a kill.

    Args:
        folder: of the plant.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / DESK
        self._lock = threading.Lock()
        self._desk = kept(self._path, Desk, Desk())

    def routes(self, token: str) -> dict[str, Route]:
        """``/tools/<tool>``: what the gateway calls; the rest: the world outside and the mail room, for the demo."""
        return {
            "GET /": Route(lambda _: (200, {"ok": True})),
            "POST /deliver": Route(self._deliver, token),
            "POST /withhold": Route(self._withhold, token),
            "POST /purge": Route(self._purge, token),
            "GET /sent": Route(lambda _: (200, {"sent": list(self._desk.sent)}), token),
            "GET /tickets": Route(lambda _: (200, {"tickets": list(self._desk.tickets)}), token),
            "POST /tools/search_manual": Route(lambda _: (200, {"result": MANUAL}), token),
            "POST /tools/search_mail": Route(self._search, token),
            "POST /tools/read_mail": Route(self._read, token),
            "POST /tools/read_recipe": Route(self._recipe, token),
            "POST /tools/create_ticket": Route(self._ticket, token),
            "POST /tools/send_mail": Route(self._send, token),
        }

    def _deliver(self, request: Request) -> Answer:
        """A mail arrives from outside: without a text of its own the poisoned one."""
        mail = Mail(
            subject=request.text("subject", POISONED.subject), text=request.text("text", POISONED.text)
        )
        with self._lock:
            self._desk.inbox.append(mail)
            self._keep()
        return 200, {"subject": mail.subject}

    def _withhold(self, request: Request) -> Answer:
        """Mails of a subject leave the inbox; a copy is kept where no tool reaches it. Says how many."""
        with self._lock:
            found = [mail for mail in self._desk.inbox if mail.subject == request.text("subject")]
            self._desk.inbox = [mail for mail in self._desk.inbox if mail not in found]
            self._desk.withheld += found
            self._keep()
        return 200, {"mails": len(found)}

    def _purge(self, request: Request) -> Answer:
        """Mails of a subject are gone, the copies too. Says how many."""
        subject, gone = request.text("subject"), 0
        with self._lock:
            for pile in (self._desk.inbox, self._desk.withheld):
                kept = [mail for mail in pile if mail.subject != subject]
                gone += len(pile) - len(kept)
                pile[:] = kept
            self._keep()
        return 200, {"mails": gone}

    def _search(self, request: Request) -> Answer:
        """The latest mail that holds every word of the query, as mail searches do."""
        words = request.text("query").casefold().split()
        for mail in reversed(list(self._desk.inbox)):
            if all(word in mail.text.casefold() for word in words):
                return 200, {"result": mail.text}
        return 200, {"result": "no mail found"}

    def _read(self, request: Request) -> Answer:
        subject = request.text("subject")
        found = next(
            (mail.text for mail in reversed(list(self._desk.inbox)) if mail.subject == subject), None
        )
        return 200, {"result": found or "no such mail"}

    def _recipe(self, request: Request) -> Answer:
        return 200, {"result": RECIPE if request.text("id") == RECIPE_ID else "no such recipe"}

    def _ticket(self, request: Request) -> Answer:
        with self._lock:
            number = _FIRST_TICKET + self._desk.opened
            self._desk.opened += 1
            self._desk.tickets.append({"number": number, **request.body})
            self._keep()
        return 200, {"result": f"Ticket {number} created"}

    def _send(self, request: Request) -> Answer:
        with self._lock:
            self._desk.sent.append({key: request.text(key) for key in ("to", "subject", "body")})
            self._keep()
        return 200, {"result": "sent"}

    def _keep(self) -> None:
        for pile in (self._desk.inbox, self._desk.withheld, self._desk.sent, self._desk.tickets):
            del pile[:-_MOST_KEPT]
        write(self._path, msgspec.json.encode(self._desk), sync=False)


def main(folder: str) -> None:
    """Run the office of the plant in ``folder``."""
    die_with_parent()
    plant = read_plant(Path(folder))
    Server(plant.ports.office, Office(Path(folder)).routes(plant.tokens.office)).run()


if __name__ == "__main__":
    main(sys.argv[1])
