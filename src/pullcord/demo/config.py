"""Writes the folder of a demo plant: everything its programs, Pullcord and the OT writer are configured with."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import stat
import tempfile
from pathlib import Path

import msgspec

from pullcord import content
from pullcord.demo.config_ot import write_ot
from pullcord.demo.errors import PlantError
from pullcord.demo.place import DENIALS, FLAGS, PLANT, Plant, Ports, Tokens, read_plant, write
from pullcord.demo.story import AGENT, FLAG, SITE
from pullcord.model.noun import canonical

PEOPLE = {
    "Ines Halloran": "approver-security",
    "Tomas Brandt": "approver-ot",
    "Priya Venn": "ml-owner",
}
"""Who decides in the invented plant, and in which role; all names are made up."""

COPILOT = "Maintenance copilot"
INSPECTION = "Weld inspection"
# The kernel keeps 108 bytes; supervisord puts a process id behind its socket's name first.
_LONGEST_RUN = 80


def prepare(folder: Path) -> Plant:
    """Make the files of a plant in ``folder``; a folder that has them already stays as it is.

    Raises:
        PlantError: the folder cannot be written to, or its place for sockets belongs to somebody else.
        UsageError: its ``plant.json`` is damaged.
    """
    try:
        if not (folder / PLANT).exists():
            return _write(folder.absolute())
        plant = read_plant(folder)
        _make_private(Path(plant.run))
        return plant
    except OSError as error:
        raise PlantError(
            f"{folder}: the plant cannot be written ({error.strerror})",
            "name an empty folder that you may write to",
        ) from error


def token_file(person: str) -> str:
    """Where the token of a person lies, relative to the folder of the plant."""
    return f"secrets/{person.casefold().replace(' ', '-')}"


def person_token(folder: Path, person: str) -> str:
    """The bearer token of a person in :data:`PEOPLE`."""
    return (folder / token_file(person)).read_text(encoding="utf-8").strip()


def _write(folder: Path) -> Plant:
    for name in ("", "log", "secrets"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    plant = Plant(run=str(_run_folder(folder)), ports=Ports(**_free_ports()), tokens=Tokens(**_tokens()))
    _make_private(Path(plant.run))
    for name in ("secrets/copilot", "secrets/gateway", *map(token_file, PEOPLE)):
        write(folder / name, secrets.token_urlsafe(32).encode())
    write(folder / "plant.yaml", content.read("demo", "plant.yaml"))
    write(folder / FLAGS, _flags())
    write(folder / DENIALS, b'{"schema":"pullcord.tool-denials/1","denials":[]}\n')
    write(folder / "pullcord.toml", _settings(plant).encode())
    write_ot(folder, plant, INSPECTION)
    write(folder / PLANT, canonical(plant))  # last: it says that the rest is there
    return plant


def _run_folder(folder: Path) -> Path:
    """``run`` in the folder, or a short place of its own if the path is too long for UNIX sockets."""
    run = folder / "run"
    if len(str(run).encode()) > _LONGEST_RUN:
        return Path(tempfile.mkdtemp(prefix="pullcord-demo-"))
    return run


def _make_private(run: Path) -> None:
    """Make the folder for sockets, and the OT writer's in it, unless they are there and ours alone."""
    for place in (run, run / "ot-writer"):
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            state = place.lstat()
            if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
                raise PlantError(f"{place}: not a folder of yours alone", "remove it") from None


def _free_ports() -> dict[str, int]:
    """Loopback ports that are free now, all held at once so that they differ."""
    names = Ports.__struct_fields__
    with contextlib.ExitStack() as stack:
        found = {}
        for name in names:
            held = stack.enter_context(socket.socket())
            held.bind(("127.0.0.1", 0))
            found[name] = held.getsockname()[1]
    return found


def _tokens() -> dict[str, str]:
    return {name: secrets.token_urlsafe(32) for name in Tokens.__struct_fields__}


def _flags() -> bytes:
    flag = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "on"}
    file = {"$schema": "https://flagd.dev/schema/v0/flags.json", "flags": {FLAG: flag}}
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def _settings(plant: Plant) -> str:
    people = "".join(
        f'[[people]]\nname = "{name}"\nroles = ["{role}"]\ntoken = "file:{token_file(name)}"\n\n'
        for name, role in PEOPLE.items()
    )
    sources = "".join(
        f'[[sources]]\nname = "{name}"\ntoken = "file:secrets/{name}"\nauthenticated = {authenticated}\n\n'
        for name, authenticated in (("copilot", "false"), ("gateway", "true"))
    )
    copilot, gateway = (f"http://127.0.0.1:{port}" for port in (plant.ports.copilot, plant.ports.gateway))
    responders = (
        f'[[responders]]\nkind = "feature_flag"\ntarget = "{COPILOT}"\n\n[responders.settings]\n'
        f'file = "{FLAGS}"\nflag = "{FLAG}"\noff = "off"\nprobe = "{copilot}/enabled"\n\n'
        f'[[responders]]\nkind = "tool_policy"\ntarget = "{COPILOT}"\n\n[responders.settings]\n'
        f'file = "{DENIALS}"\nagents = "{AGENT}"\nprobe = "{gateway}/authorize"\n'
    )
    return (
        f'# Pullcord for the invented plant of `pullcord demo`.\nsite = "{SITE}"\ninventory = "plant.yaml"\n\n'
        f"[server]\nport = 0\n\n[response]\nquiet_seconds = 1.0\n\n"
        f"[ot]\nsocket = {json.dumps(str(plant.ot_writer))}\n\n"
        f"{people}{sources}{responders}"
    )
