"""Which rules serve which events, by Sigma's log source."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.detection.rules import Rule
from pullcord.model.event import LogSource

# Events carry their narrowest category; a rule may name the wider one.
_WIDER = {
    "registry_set": "registry_event",
    "registry_add": "registry_event",
    "registry_delete": "registry_event",
    "registry_rename": "registry_event",
}

# Log sources come from events, so their number is up to whoever sends events.
_CACHE_LIMIT = 1_024


def serves(rule: LogSource, event: LogSource) -> bool:
    """Whether each of product, category and service that a rule names fits the event, without case."""
    return (
        _fits(rule.product, event.product)
        and _fits(rule.service, event.service)
        and (_fits(rule.category, event.category) or _fits(rule.category, _WIDER.get(_fold(event.category))))
    )


def _fits(wanted: str | None, given: str | None) -> bool:
    return wanted is None or _fold(wanted) == _fold(given)


def _fold(text: str | None) -> str:
    return (text or "").casefold()


class Dispatch:
    """Rules by the log source of events; each log source is worked out once and remembered, within bounds."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._known: dict[tuple[str | None, str | None, str | None], tuple[Rule, ...]] = {}

    def rules_for(self, source: LogSource) -> tuple[Rule, ...]:
        """The rules that serve an event of this log source, in their own order."""
        key = (source.product, source.category, source.service)
        found = self._known.get(key)
        if found is None:
            found = tuple(rule for rule in self._rules if serves(rule.logsource, source))
            if len(self._known) < _CACHE_LIMIT:
                self._known[key] = found
        return found
