"""Where the OT writer finds what it needs: a small TOML file, read strictly."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun
from pullcord.otwriter.durable import read_file

_LARGEST = 1 << 16
# The kernel keeps a UNIX socket's path in 108 bytes, with a zero at the end.
_LONGEST_SOCKET = 107
_CURE = "docs/reference/ot-writer.md shows a configuration"


class WriterSettings(Noun, frozen=True, kw_only=True):
    """Paths; relative ones are relative to the settings file.

    Attributes:
        socket: the UNIX socket that is made; its folder belongs to the writer alone.
        allow_list, signature: what may be switched, and the OT people's signature over those bytes.
        public_key: Ed25519, as PEM or as base64 of its 32 bytes.
        state: the writer's memory: caps, answers, highest version seen.
        group: accounts of this group may connect too; None = only the writer's own account.
    """

    socket: Path
    allow_list: Path
    signature: Path
    public_key: Path
    state: Path
    group: str | None = None


def read_settings(path: Path) -> WriterSettings:
    """Read the settings; all paths of the result are absolute.

    Raises:
        UsageError: the file cannot be read, is no TOML, or says something that the writer does not know.
    """
    try:
        data = tomllib.loads(read_file(path, _LARGEST).decode("utf-8"))
        found = msgspec.convert(data, WriterSettings, dec_hook=_to_path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", "check --config") from error
    except (ValueError, RecursionError) as error:  # also what tomllib, decode and msgspec raise
        raise UsageError(f"{path}: {error}", _CURE) from error
    folder = path.absolute().parent
    whole = {name: folder / getattr(found, name) for name in found.__struct_fields__ if name != "group"}
    if len(str(whole["socket"]).encode()) > _LONGEST_SOCKET:
        raise UsageError(
            f"{path}: `socket` is longer than {_LONGEST_SOCKET} bytes with its folder",
            "choose a shorter place",
        )
    return WriterSettings(**whole, group=found.group)


def _to_path(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("a path is expected")
    return Path(value)
