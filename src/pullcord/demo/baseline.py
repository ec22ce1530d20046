"""The approved replacement of the copilot: searches the manual, and can do nothing else.

``python -m pullcord.demo.baseline DIR``; not started with the plant.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pullcord.demo.lifeline import die_with_parent
from pullcord.demo.place import read_plant
from pullcord.demo.serving import Answer, Request, Route, Server
from pullcord.demo.story import MANUAL


def search(request: Request) -> Answer:
    """The section of the manual for a question."""
    words = set(request.text("query").casefold().split())
    known = {"tip", "dresser", "air", "pressure"}
    return 200, {"answer": MANUAL if words & known else "The manual says nothing about that."}


def main(folder: str) -> None:
    """Run the baseline copilot of the plant in ``folder``."""
    die_with_parent()
    plant = read_plant(Path(folder))
    routes = {
        "GET /enabled": Route(lambda _: (200, {"enabled": True})),
        "POST /ask": Route(search, plant.tokens.technician),
    }
    Server(plant.ports.baseline, routes).run()


if __name__ == "__main__":
    main(sys.argv[1])
