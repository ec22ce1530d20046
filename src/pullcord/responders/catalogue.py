"""Responders by name, made from the settings of an installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pullcord.model.errors import UsageError
from pullcord.ports import Clock, Responder

KINDS = ("feature_flag", "process", "tool_policy")
Settings = Mapping[str, str]
Secret = Callable[[str], str]


def make(
    kind: str,
    target: str,
    settings: Settings,
    folder: Path,
    clock: Clock,
    secret: Secret,
) -> Responder:
    """A responder for one AI system.

    Args:
        kind: one of :data:`KINDS`.
        folder: relative paths in the settings are relative to it.
        secret: gives the secret behind a reference such as ``env:NAME``.

    Raises:
        UsageError: unknown kind; a setting that is unknown, missing or out of range, named in the error.
    """
    where = f"responder {kind} for {target}"
    if kind not in KINDS:
        raise UsageError(f"{where}: unknown kind", f"use one of {', '.join(KINDS)}")
    try:
        return _KINDS[kind](target, settings, folder, clock, secret)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{where}: {error}", "docs/reference/responders.md lists the settings of each kind"
        ) from error
    except UsageError as error:
        raise UsageError(f"{where}: {error.cause}", error.cure) from error


# Each kind loads what it needs only when it is wanted: Cedar, XML-RPC and the like cost start-up time.


def _feature_flag(target: str, settings: Settings, folder: Path, clock: Clock, _: Secret) -> Responder:
    from pullcord.responders.feature_flag import FeatureFlag, FeatureFlagSettings

    found = msgspec.convert(dict(settings), FeatureFlagSettings, strict=False)
    return FeatureFlag(target, msgspec.structs.replace(found, file=_file(found.file, folder)), clock)


def _process(target: str, settings: Settings, folder: Path, clock: Clock, secret: Secret) -> Responder:
    from pullcord.responders.process import ProcessSettings, SupervisedProcess

    found = msgspec.convert(dict(settings), ProcessSettings, strict=False)
    if (found.user is None) != (found.password is None):
        raise UsageError("`user` and `password` go together", "give both or none")
    found = msgspec.structs.replace(found, url=_socket(found.url, folder))
    return SupervisedProcess(target, found, clock, None if found.password is None else secret(found.password))


def _tool_policy(target: str, settings: Settings, folder: Path, clock: Clock, _: Secret) -> Responder:
    from pullcord.responders.tool_policy import ToolPolicy, ToolPolicySettings

    found = msgspec.convert(dict(settings), ToolPolicySettings, strict=False)
    return ToolPolicy(target, msgspec.structs.replace(found, file=_file(found.file, folder)), clock)


_KINDS: dict[str, Callable[[str, Settings, Path, Clock, Secret], Responder]] = {
    "feature_flag": _feature_flag,
    "process": _process,
    "tool_policy": _tool_policy,
}


def _file(name: str, folder: Path) -> str:
    return str((folder / name).absolute())


def _socket(url: str, folder: Path) -> str:
    """The same address; the path of a UNIX socket made absolute (``unix://run/x.sock`` is relative)."""
    scheme, mark, path = url.partition("://")
    return f"unix://{(folder / path).absolute()}" if mark and scheme == "unix" else url
