"""Settings: ``pullcord.toml``, read strictly; secrets stand in it by reference only (``env:NAME``, ``file:PATH``)."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from pullcord.app.live.forward_settings import Forward
from pullcord.app.live.listener_checks import check_listeners
from pullcord.app.live.listener_settings import ListenerSettings
from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun
from pullcord.model.plan import ApproverRole

_LARGEST_FILE = 1 << 20
_LONGEST_SECRET = 4_096
NAME = "pullcord.toml"


class ServerSettings(Noun, frozen=True, kw_only=True):
    """Where the server listens.

    Attributes:
        host: an address of this machine; other than loopback only with ``remote``.
        port: 0 takes a free one.
        remote: other machines may connect; put a proxy with TLS before it, tokens travel in clear otherwise.
        names: host names under which it may be called, beside ``host`` and those of the loopback.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8470
    remote: bool = False
    names: tuple[str, ...] = ()


class ResponseSettings(Noun, frozen=True, kw_only=True):
    """Limits of the response.

    Attributes:
        approval_hours: an approval older than this no longer counts.
        expiry_hours: after this a containment is looked at again by its owner.
        actions_per_hour: automatic actions per site; above it people are paged. Approved actions pass.
        share_percent: largest share of the AI systems that automatic actions may hold at a time.
        quiet_seconds: a session is judged when nothing of it has come for so long.
    """

    approval_hours: Annotated[float, msgspec.Meta(gt=0, le=168)] = 4.0
    expiry_hours: Annotated[float, msgspec.Meta(gt=0, le=8_760)] = 8.0
    actions_per_hour: Annotated[int, msgspec.Meta(ge=0)] = 20
    share_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 50
    quiet_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 2.0


class Person(Noun, frozen=True, kw_only=True):
    """Somebody who decides; ``token`` is a reference to the secret."""

    name: str
    roles: tuple[ApproverRole, ...]
    token: str


class Source(Noun, frozen=True, kw_only=True):
    """Something that sends telemetry; ``authenticated``: the suspects could not have written it."""

    name: str
    token: str
    authenticated: bool = False


class OtSettings(Noun, frozen=True, kw_only=True):
    """How to reach the OT writer.

    Attributes:
        socket: its UNIX socket.
        config: its configuration; if given, ``pullcord up`` starts the writer as a process of its own.
    """

    socket: str
    config: str | None = None


class ResponderSettings(Noun, frozen=True, kw_only=True):
    """One responder: which kind, for which AI system, and its own settings (docs/reference/responders.md)."""

    kind: str
    target: str
    settings: dict[str, str] = {}


class Settings(Noun, frozen=True, kw_only=True):
    """All of ``pullcord.toml``; relative paths are relative to ``folder``.

    Attributes:
        folder: where the file is; secrets and paths are resolved from here.
        inventory: what stands in the plant.
        sources: what sends telemetry to us by HTTP.
        listeners: how telemetry comes in other than by HTTP.
        forward: where findings go.
        suppressions: a file that says which findings are held back.
        rules: a folder of Sigma rules that run beside the shipped ones.
    """

    folder: Path = Path()
    site: str = ""
    inventory: str | None = None
    server: ServerSettings = ServerSettings()
    response: ResponseSettings = ResponseSettings()
    people: tuple[Person, ...] = ()
    sources: tuple[Source, ...] = ()
    listeners: tuple[ListenerSettings, ...] = ()
    forward: tuple[Forward, ...] = ()
    suppressions: str | None = None
    rules: str | None = None
    ot: OtSettings | None = None
    responders: tuple[ResponderSettings, ...] = ()

    def place(self, path: Path | str) -> Path:
        """A path of the settings as it stands on the disk."""
        return self.folder / path


def find_settings(given: Path | None, state: Path) -> Settings:
    """The settings of ``--config``, else ``PULLCORD_CONFIG``, else ``<state>/pullcord.toml``, else the defaults.

    Raises:
        UsageError: see :func:`read_settings`.
    """
    named = given or (Path(os.environ["PULLCORD_CONFIG"]) if os.environ.get("PULLCORD_CONFIG") else None)
    if named is not None:
        return read_settings(named)
    inside = state / NAME
    return read_settings(inside) if inside.exists() else Settings(folder=state)


def read_settings(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        UsageError: it cannot be read, is no TOML, or says something that Pullcord does not know.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UsageError(f"{path}: larger than 1 MB", "is this the right file?")
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", "check --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: no TOML ({error})", "correct it; docs/reference/settings.md shows one"
        ) from error
    if "folder" in data:
        raise UsageError(f"{path}: unknown setting `folder`", "remove it")
    try:
        found = msgspec.convert(data, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{path}: {error}", "correct it; docs/reference/settings.md lists all settings"
        ) from error
    _check_names(path, found)
    try:
        check_listeners(found.listeners)
    except UsageError as error:
        raise UsageError(f"{path}: {error.cause}", error.cure) from error
    return msgspec.structs.replace(found, folder=path.absolute().parent)


def secret(reference: str, folder: Path) -> str:
    """The secret behind ``env:NAME`` or ``file:PATH`` (relative to ``folder``), without blanks around it.

    Raises:
        UsageError: it is no reference, or there is nothing behind it. The message never holds the secret.
    """
    kind, _, where = reference.partition(":")
    if kind == "env" and where:
        value = os.environ.get(where, "").strip()
    elif kind == "file" and where:
        try:
            with (folder / where).open(encoding="utf-8") as file:
                value = file.read(_LONGEST_SECRET).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"secret {kind}:{where}: cannot be read", "check the file and your rights"
            ) from error
    else:
        raise UsageError("a secret stands in the settings itself", "name it by env:NAME or file:PATH")
    if not value:
        raise UsageError(f"secret {kind}:{where}: empty", "set it")
    return value


def _check_names(path: Path, settings: Settings) -> None:
    named = (*settings.people, *settings.sources, *settings.listeners)
    names = [one.name for one in named]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            f"{path}: {', '.join(twice)} stands there twice", "one person, source or listener, one name"
        )
