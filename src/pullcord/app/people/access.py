"""Access: who a bearer token is, and what it opens. Secrets are kept only as SHA-256 digests."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from pullcord.app.settings import Settings, secret
from pullcord.model.errors import UsageError
from pullcord.model.person import Principal, Scope
from pullcord.ports import State

ADMINISTRATOR = "administrator"
"""Who holds the first token; nobody in the settings may have this name."""

_FIRST = "first-token"
_PREFIX = "pc_"
_BYTES = 32
_SHORTEST, _LONGEST = 16, 4_096
_FEWEST = 6
"""Different characters of a secret; `aaaaaaaaaaaaaaaa` is long and yet guessed at once."""


class Access:
    """Knows the people and sources of the settings, and the holder of the first token.

    Args:
        first: digest of the first token, from :func:`first_token`; empty if there is none.

    Raises:
        UsageError: a secret cannot be read, is too weak, or belongs to two; or a name is taken.
    """

    def __init__(self, settings: Settings, first: str = "") -> None:
        known: list[tuple[Principal, str]] = []
        if first:
            scopes = frozenset({Scope.INGEST, Scope.READ, Scope.ADMIN})
            known.append((Principal(name=ADMINISTRATOR, scopes=scopes), first))
        for person in settings.people:
            scopes = frozenset({Scope.READ, Scope.RESPOND})
            principal = Principal(name=person.name, scopes=scopes, roles=frozenset(person.roles))
            known.append((principal, _configured(person.name, person.token, settings)))
        for source in settings.sources:
            principal = Principal(
                name=source.name, scopes=frozenset({Scope.INGEST}), authenticated=source.authenticated
            )
            known.append((principal, _configured(source.name, source.token, settings)))
        _check_different(known)
        self._known = tuple((principal, digest.encode()) for principal, digest in known)

    def principal(self, token: str | None) -> Principal | None:
        """Whose token it is; None if nobody's. Takes the same time whoever it is."""
        if not token or len(token) > _LONGEST:
            return None
        wanted = _digest(token).encode()
        found: Principal | None = None
        for principal, digest in self._known:
            if hmac.compare_digest(digest, wanted):
                found = principal
        return found


def first_token(state: State) -> tuple[str, str | None]:
    """The digest of the first token, and the token itself if this call made it.

    It is made once per state and shown once: only its digest is kept.
    """
    with state.transaction() as transaction:
        digest = transaction.meta(_FIRST)
        if digest:
            return digest, None
        token = f"{_PREFIX}{secrets.token_urlsafe(_BYTES)}"
        digest = _digest(token)
        transaction.set_meta(_FIRST, digest)
    return digest, token


def withdraw_first_token(state: State) -> None:
    """Forget the first token: one that nobody was shown must not be the only one there will ever be."""
    with state.transaction() as transaction:
        transaction.set_meta(_FIRST, "")


def _configured(name: str, reference: str, settings: Settings) -> str:
    """The digest of a secret that the settings name."""
    if name == ADMINISTRATOR or not name.strip():
        raise UsageError(f"nobody can be called {name!r} in the settings", "choose another name")
    value = secret(reference, settings.folder)
    if len(value) < _SHORTEST or len(set(value)) < _FEWEST:
        raise UsageError(
            f"the secret of {name} is too weak (128 bits are needed)",
            "make one with `openssl rand -base64 32`",
        )
    if len(value) >= _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(
            f"the secret of {name} does not fit into a header", "make one with `openssl rand -base64 32`"
        )
    return _digest(value)


def _check_different(known: list[tuple[Principal, str]]) -> None:
    holders: dict[str, str] = {}
    for principal, digest in known:
        other = holders.setdefault(digest, principal.name)
        if other != principal.name:
            raise UsageError(
                f"{other} and {principal.name} have the same secret", "give each a secret of their own"
            )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
