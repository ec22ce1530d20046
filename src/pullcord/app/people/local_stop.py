"""Stop and resume from the command line: through the running Pullcord, else on the files of the state folder."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from pullcord.app.clock import SystemClock
from pullcord.app.people.desk_views import out
from pullcord.app.people.endpoint import read_endpoint
from pullcord.app.people.remote import NotRunningError, Remote, connect, read_token
from pullcord.app.places import state_folder
from pullcord.app.settings import Settings, find_settings
from pullcord.model.errors import PullcordError, UsageError
from pullcord.response.stops import Stop, Stops

FOLDER = "stop"
"""Name of the folder of stop files in a state folder."""

_PATIENCE = 3.0
"""Seconds for which somebody who wants to stop waits for a server."""


def stop_anyhow(given: Path | None, reason: str, site: str, token_file: Path | None) -> dict[str, Any]:
    """Stop through the running Pullcord, and if that fails for whatever reason, by a file.

    Returns:
        The stop; ``detail`` says why it was written directly, or is empty.

    Raises:
        UsageError: no reason, no state folder, or a running Pullcord does not know the site.
    """
    if not reason.strip():
        raise UsageError("no reason given", "say in a few words why")
    state = _folder(given)
    try:
        found = read_endpoint(state)
        if found is None:
            raise NotRunningError("Pullcord is not running", "start it with `pullcord up`")
        remote = Remote(found.url, read_token(token_file), _PATIENCE)
        told: dict[str, Any] = remote.post("stop", body={"reason": reason, "site": site})
        return told if told.get("detail") else told | {"detail": ""}
    except PullcordError as error:
        if site and _refuses_site(error):
            raise
        why = error.cause
    if site and site != _site(state):
        # Whatever runs here asks for its own site only: another stop would come to nothing, and people rely on it.
        why = f"{why}; {site!r} is not known to be the site of this Pullcord, so every site is stopped"
        site = ""
    stop = Stops(state / FOLDER).stop(f"{_account()} (at this machine)", reason, SystemClock().now(), site)
    return out(stop) | {"audited": False, "detail": why}


def resume_anyhow(
    given: Path | None, config: Path | None, token_file: Path | None, site: str
) -> dict[str, Any]:
    """Resume through the running Pullcord; if none runs, the settings say whose token it is.

    Raises:
        UsageError: the token is that of nobody who may.
        PullcordError: nothing is stopped, or the same person again.
    """
    state = _folder(given)
    try:
        told: dict[str, Any] = connect(state, token_file).post("resume", body={"site": site})
    except NotRunningError:
        left = _resume_here(state, find_settings(config, state), read_token(token_file), site)
        return {"lifted": left is None, "site": site, "stop": out(left) if left is not None else None}
    return told


def _resume_here(state: Path, settings: Settings, token: str, site: str) -> Stop | None:
    from pullcord.app.people.access import Access
    from pullcord.store.state import open_state

    who = Access(settings).principal(token)
    if who is None or not who.roles:
        raise UsageError(
            "the token is that of no person with a role in these settings", "check --token-file and --config"
        )
    now = SystemClock().now()
    stops = Stops(state / FOLDER)
    with open_state(state) as kept, kept.transaction() as tx:
        word = stops.weigh(who.name, now, site)
        done = "lifted" if word.left is None else "a second person is needed"
        tx.audit(who.name, f"resume {site or 'every site'}", done, now)
    # Only after the commit: nobody resumes without a line in the audit log, and a failure in between stays stopped.
    stops.count(word)
    return word.left


def _folder(given: Path | None) -> Path:
    """The state folder; one that is named is taken even if its database is gone, for stopping must work."""
    try:
        return state_folder(given)
    except UsageError:
        if given is None or not given.is_dir():
            raise
        return given


def _site(state: Path) -> str:
    """The site of the settings, as far as they can be read."""
    try:
        return find_settings(None, state).site
    except UsageError:
        return ""


def _refuses_site(error: PullcordError) -> bool:
    return error.code == UsageError.code and "site" in error.cause


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
