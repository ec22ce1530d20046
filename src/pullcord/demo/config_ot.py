"""What the invented plant's OT department does: says what may be switched, and signs it with its own key."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec

from pullcord.demo import plc
from pullcord.demo.place import Plant, write
from pullcord.demo.story import SITE
from pullcord.model.ot import AllowList, Interlock, Switch

LIST = "allow-list.json"
SIGNATURE = "allow-list.json.sig"
PUBLIC = "ot-department/ot-writer.pub"
WRITER = "ot-writer.toml"


def write_ot(folder: Path, plant: Plant, system: str) -> None:
    """Write the allow-list for ``system``, its signature, the public key, and the OT writer's configuration.

    The private key is made here, used once and forgotten: nobody can sign another list for this plant.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    data = msgspec.json.format(msgspec.json.encode(_allow_list(plant, system)), indent=2) + b"\n"
    key = Ed25519PrivateKey.generate()
    shown = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / PUBLIC).parent.mkdir(mode=0o700, exist_ok=True)
    write(folder / LIST, data)
    write(folder / SIGNATURE, base64.b64encode(key.sign(data)) + b"\n")
    write(folder / PUBLIC, shown)
    settings = {
        "socket": str(plant.ot_writer),
        "allow_list": LIST,
        "signature": SIGNATURE,
        "public_key": PUBLIC,
        "state": "ot-writer.state",
    }
    # A JSON string is a TOML string.
    write(
        folder / WRITER,
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items()).encode(),
    )


def node(name: str) -> str:
    """The OPC UA node id of a name of the line."""
    return f"ns=2;s={name}"


def _allow_list(plant: Plant, system: str) -> AllowList:
    switch = Switch(
        system=system,
        endpoint=f"opc.tcp://127.0.0.1:{plant.ports.line}/",
        node=node(plc.REQUEST),
        manual=plc.MANUAL,
        automatic=(plc.AUTO,),
        readback=node(plc.MODE),
        interlocks=(
            Interlock(node=node(plc.ESTOP), allowed=("false",), meaning="no emergency stop is pressed"),
            Interlock(node=node(plc.OPERATOR), allowed=("true",), meaning="an operator is at the cell"),
            Interlock(
                node=node(plc.PHASE), allowed=("true",), meaning="the process phase allows manual control"
            ),
        ),
        effects=(Interlock(node=node(plc.LOTS_HELD), allowed=("true",), meaning="lots are held"),),
    )
    return AllowList(
        schema="pullcord.ot-allow-list/1", version=1, site=SITE, switches=(switch,), share_percent=100
    )
