"""Folders and lists for tests of the OT writer."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pullcord.model.ot import AllowList, OtRequest, OtVerb, Switch
from pullcord.otwriter.keys import PUBLIC_NAME, make_keys, sign_file

CONFIG = """\
socket = "private/ot.sock"
allow_list = "allow.json"
signature = "allow.json.sig"
public_key = "keys/ot-writer.pub"
state = "ot-writer.state"
"""

SWITCH = Switch(
    system="dosing",
    endpoint="opc.tcp://plc.example:4840/",
    node="ns=2;s=Mode",
    manual="MANUAL",
    automatic=("AUTO",),
    readback="ns=2;s=Mode",
)
LIST = AllowList(schema="pullcord.ot-allow-list/1", version=3, site="north", switches=(SWITCH,))


def written(folder: Path, allow: AllowList) -> Path:
    """A folder with a signed allow-list, its keys and the configuration; returns the configuration."""
    keys = folder / "keys"
    if not (keys / PUBLIC_NAME).exists():
        make_keys(keys)
    (folder / "allow.json").write_bytes(msgspec.json.encode(allow))
    sign_file(folder / "allow.json", keys / "ot-writer.key")
    config = folder / "ot-writer.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return config


def to_manual(time: int, key: str = "k1", system: str = "dosing", prestate: str = "AUTO") -> OtRequest:
    return OtRequest(verb=OtVerb.TO_MANUAL, time=time, system=system, key=key, prestate=prestate)
