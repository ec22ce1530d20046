"""The stage of the story: the plant, the Pullcord process, the people, and waiting for what must happen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pullcord.demo.errors import PlantError
from pullcord.demo.tale.api import Api, ApiRefusedError, AwayError
from pullcord.demo.tale.progress import Bookmark
from pullcord.demo.tale.server import PullcordProcess
from pullcord.demo.tale.teller import Teller, Voice
from pullcord.demo.watch import DemoPlant

SECURITY, OT, ML = "Ines Halloran", "Tomas Brandt", "Priya Venn"
PEOPLE = {"approver-security": SECURITY, "approver-ot": OT, "ml-owner": ML}
_SECONDS = 40.0
_PAUSE = 0.15
# AlreadyDecided, OwnRequest, TaskAnswered, IncidentClosed, ModeUnchanged: told again after a kill.
_SAID_BEFORE = frozenset({"PC-5025", "PC-5026", "PC-5034", "PC-5037", "PC-5042"})
T = TypeVar("T")


class Stage:
    """Everything the chapters use.

    Attributes:
        plant: the demo plant.
        pullcord: the process that is tried.
        api: its HTTP API.
        bookmark: how far the story has come.
    """

    def __init__(self, folder: Path, teller: Teller) -> None:
        self.folder = folder
        self.plant = DemoPlant(folder / "plant")
        self.pullcord = PullcordProcess(folder, folder / "plant" / "pullcord.toml")
        self.api = Api(self.plant.folder)
        self.bookmark = Bookmark(folder)
        self._teller = teller

    def say(self, voice: Voice, text: str) -> None:
        """Tell one line."""
        self._teller.say(voice, text)

    def open(self) -> None:
        """Start plant and Pullcord."""
        begin = time.monotonic()
        self.plant.start()
        line = self.plant.line()
        self.say(
            Voice.PLANT,
            f"Northfield runs (SIMULATED plant, real OPC UA, HTTP and OTLP; {time.monotonic() - begin:.1f} s): "
            f"weld inspection {line.mode}, limit {line.limit:g}, a part every 0.2 s.",
        )
        self.start_pullcord()

    def start_pullcord(self) -> None:
        """Start Pullcord and tell the plant where it is."""
        seconds = self.pullcord.start()
        self.api.url = self.pullcord.url
        self.plant.point_to(self.pullcord.url)
        self.say(Voice.PULLCORD, f"Pullcord is up after {seconds:.1f} s, process {self.pullcord.pid}.")

    def close(self) -> None:
        """End everything."""
        self.api.close()
        self.pullcord.stop()
        self.plant.stop()

    def until(self, what: str, look: Callable[[], T | None], seconds: float = _SECONDS) -> T:
        """Look until there is something to see; starts Pullcord again if somebody killed it meanwhile.

        Raises:
            PlantError: nothing within the time.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = look()
            except AwayError:
                found = None
            if not found and self.revived():
                end = time.monotonic() + seconds
            if found:
                return found
            time.sleep(_PAUSE)
        raise PlantError(f"the demo waited in vain for {what}", f"look into {self.folder / 'pullcord.log'}")

    def revived(self) -> bool:
        """Start Pullcord again if it is gone; says so, and whether it was."""
        if self.pullcord.is_alive():
            return False
        self.say(Voice.NOTE, "Pullcord is gone: somebody killed it. The line runs on; starting it again.")
        self.start_pullcord()
        return True

    def decided(self, person: str, path: str, **body: object) -> None:
        """A person decides; asks again if Pullcord was killed at that moment, and what was said before stands."""
        try:
            self._posted(person, path, body)
        except ApiRefusedError as error:
            if error.reason not in _SAID_BEFORE:
                raise

    def refused(self, person: str, path: str, **body: object) -> str:
        """A person tries something that must be refused; returns why it was.

        Raises:
            PlantError: it was not refused.
        """
        try:
            self._posted(person, path, body)
        except ApiRefusedError as error:
            return f"{error.reason} {error.why}"
        raise PlantError(f"{path} was not refused", "this is a mistake in Pullcord: please report it")

    def _posted(self, person: str, path: str, body: dict[str, object]) -> None:
        def look() -> bool:
            self.api.post(person, path, **body)
            return True

        self.until(path, look)

    def incident(self) -> dict[str, Any]:
        """The incident of the story; asked again if Pullcord was killed at that moment."""
        name = self.bookmark.fact("incident")
        return self.until("the incident", lambda: self.api.incident(SECURITY, name))

    def told_everything(self) -> None:
        """Wait until the plant's telemetry has reached Pullcord."""
        self.until("telemetry to arrive", lambda: self.plant.untold() == 0)

    def stored_everything(self) -> None:
        """Wait until what Pullcord acknowledged can be read in its state folder."""
        self.until(
            "telemetry to be stored",
            lambda: self.api.get(SECURITY, "/api/v1/health")["lake"]["behind"] == 0,
        )
