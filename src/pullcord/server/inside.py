"""What every handler gets: the doors of the installation, the threads, the bounds."""

from __future__ import annotations

from dataclasses import dataclass

from pullcord.app.people.services import Services
from pullcord.server.gate import Bounds
from pullcord.server.workers import Workers


@dataclass(frozen=True)
class Inside:
    """The inside of the server."""

    services: Services
    workers: Workers
    bounds: Bounds
