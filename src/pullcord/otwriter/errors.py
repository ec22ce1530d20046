"""Why the OT writer refuses to start."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class AllowListError(PullcordError):
    """The allow-list, its signature or a key cannot be trusted or read; nothing is written to OT."""

    code = "PC-8001"


class WriterStateError(PullcordError):
    """The writer's own memory is broken, or another writer holds it; without it the caps would not hold."""

    code = "PC-8002"


class SocketError(PullcordError):
    """The place of the socket is not private, is taken, or cannot be used."""

    code = "PC-8003"
