"""Which rules serve which events, by Sigma's log source."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.event import LogSource

# Events carry their narrowest category; a rule may name the wider one.
_WIDER = {
    "registry_set": "registry_event",
    "registry_add": "registry_event",
    "registry_delete": "registry_event",
    "registry_rename": "registry_event",
}

# Words in events are up to whoever sends them: remembered as long as there is room.
_MOST_KNOWN = 4_096


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
    """Rules by the log source of events. A word that no rule names is as good as none.

    Args:
        sources: the log source of each rule.
    """

    def __init__(self, sources: Sequence[LogSource]) -> None:
        self._sources: dict[LogSource, list[int]] = {}
        for number, source in enumerate(sources):
            self._sources.setdefault(source, []).append(number)
        self._words = {_fold(word) for source in self._sources for word in _words(source) if word}
        self._words |= {narrow for narrow, wide in _WIDER.items() if wide in self._words}
        self._known: dict[tuple[str, ...], tuple[int, ...]] = {}

    def rules_for(self, source: LogSource) -> tuple[int, ...]:
        """The numbers of the rules that serve an event of this log source, rising."""
        # What an attacker makes up becomes one and the same key here, so that it costs no search each time.
        key = tuple(word if (word := _fold(given)) in self._words else "" for given in _words(source))
        found = self._known.get(key)
        if found is None:
            event = LogSource(product=key[0], category=key[1], service=key[2])
            served = [numbers for rule, numbers in self._sources.items() if serves(rule, event)]
            found = tuple(sorted(number for numbers in served for number in numbers))
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found


def _words(source: LogSource) -> tuple[str | None, str | None, str | None]:
    return source.product, source.category, source.service
