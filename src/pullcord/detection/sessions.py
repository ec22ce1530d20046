"""All that looks at an agent session as a whole, once it is there."""

from __future__ import annotations

from collections.abc import Collection

from pullcord.detection.behaviour import examine
from pullcord.detection.text.session import examine_texts
from pullcord.detection.text.signal import TextSignal
from pullcord.model.finding import Finding
from pullcord.model.session import AgentSession


class SessionDetectors:
    """Behaviour over a session, then the wording of what came into it.

    Args:
        internal_domains: domains that are the organisation's own.
        signal: of wording; the shipped one by default.
    """

    def __init__(self, internal_domains: Collection[str] = (), signal: TextSignal | None = None) -> None:
        self._internal = tuple(internal_domains)
        self._signal = signal or TextSignal.load()

    def examine(self, session: AgentSession) -> list[Finding]:
        """What the session shows."""
        return examine(session, self._internal) + examine_texts(session, self._signal)
