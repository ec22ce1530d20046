"""How far the story has come, so that it goes on there after a kill."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pullcord.demo.place import write
from pullcord.model.errors import UsageError

NAME = "story.json"
_LARGEST = 1 << 20


class Progress(msgspec.Struct, kw_only=True):
    """Chapters that are told, and facts that later ones need (ids of incidents and plans)."""

    told: list[str] = []
    facts: dict[str, str] = {}
    finished: bool = False


class Bookmark:
    """``story.json`` in the folder of the demo."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.progress = _read(self._path)

    def is_told(self, chapter: str) -> bool:
        """Whether a chapter ended before."""
        return chapter in self.progress.told

    def told(self, chapter: str) -> None:
        """Note that a chapter ended."""
        self.progress.told.append(chapter)
        self._save()

    def note(self, name: str, value: str) -> None:
        """Keep a fact."""
        self.progress.facts[name] = value
        self._save()

    def fact(self, name: str) -> str:
        """A fact; empty if nobody noted it."""
        return self.progress.facts.get(name, "")

    def finish(self) -> None:
        """The story has come to its end."""
        self.progress.finished = True
        self._save()

    def _save(self) -> None:
        write(self._path, msgspec.json.encode(self.progress))


def _read(path: Path) -> Progress:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Progress)
    except FileNotFoundError:
        return Progress()
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{path}: no story of this demo", "name an empty folder with --out") from error
