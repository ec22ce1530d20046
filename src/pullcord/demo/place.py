"""The folder of a demo plant: which ports and tokens its programs use, and where Pullcord is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun, canonical

PLANT = "plant.json"
LINK = "pullcord.json"
FLAGS = "flags.json"
DENIALS = "denials.json"
CELL = "line.json"
DESK = "office.json"
_LARGEST = 1 << 20
T = TypeVar("T")


class Ports(Noun, frozen=True, kw_only=True):
    """Loopback ports of the programs."""

    line: int
    hmi: int
    office: int
    gateway: int
    copilot: int
    baseline: int


class Tokens(Noun, frozen=True, kw_only=True):
    """Secrets inside the plant; Pullcord holds none of them.

    Attributes:
        operator: the operator's at the HMI. setpoint: the OT gateway's at the line.
        office: the tool gateway's at the office. agents: the copilot's at the tool gateway.
        technician: who may ask the copilot.
    """

    operator: str
    setpoint: str
    office: str
    agents: str
    technician: str


class Plant(Noun, frozen=True, kw_only=True):
    """``plant.json``; ``run`` is the folder for sockets (a short path: UNIX sockets allow 107 bytes)."""

    run: str
    ports: Ports
    tokens: Tokens

    @property
    def supervisor(self) -> Path:
        """The UNIX socket of supervisord (XML-RPC), readable by its owner alone."""
        return Path(self.run) / "supervisor.sock"

    @property
    def ot_writer(self) -> Path:
        """The UNIX socket of the OT writer, in a folder of its own."""
        return Path(self.run) / "ot-writer" / "socket"


class Link(Noun, frozen=True, kw_only=True):
    """``pullcord.json``: where Pullcord is now, and the tokens of the two sources of telemetry."""

    url: str
    copilot: str
    gateway: str


def read_plant(folder: Path) -> Plant:
    """Read ``plant.json``.

    Raises:
        UsageError: it is missing or damaged.
    """
    path = folder / PLANT
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Plant)
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{path}: no usable plant file", "make the plant anew in an empty folder") from error


def kept(path: Path, kind: type[T], fresh: T) -> T:
    """What a program of the plant kept before it was killed; ``fresh`` if there is nothing usable."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=kind)
    except (OSError, msgspec.MsgspecError):
        return fresh


def read_link(folder: Path) -> Link | None:
    """Where Pullcord is; None while nobody has said so, or while the file is unusable."""
    try:
        with (folder / LINK).open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=Link)
    except (OSError, msgspec.MsgspecError):
        return None


def write_link(folder: Path, url: str) -> None:
    """Tell the plant where Pullcord is (``http://127.0.0.1:<port>``); the programs see it at their next try."""
    copilot, gateway = (
        (folder / "secrets" / name).read_text(encoding="utf-8").strip() for name in ("copilot", "gateway")
    )
    write(folder / LINK, canonical(Link(url=url.rstrip("/"), copilot=copilot, gateway=gateway)))


def write(path: Path, data: bytes, mode: int = 0o600, *, sync: bool = True) -> None:
    """Write a file aside and put it in place, so that nobody ever reads half of it.

    Without ``sync`` it outlasts the process that wrote it, but not a power cut.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    aside.replace(path)
