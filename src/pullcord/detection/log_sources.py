"""Which log sources there are, and which attributes their events may carry (content/log_sources.yaml)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from pullcord import content
from pullcord.model.event import LogSource
from pullcord.model.noun import Noun

SCHEMA = "pullcord.log_sources/1"


class Source(Noun, frozen=True, kw_only=True):
    """One log source.

    Attributes:
        attributes: names (``prefix.*`` for all that begin so) and what they mean.
    """

    product: str
    category: str | None = None
    what: str
    attributes: dict[str, str]


class LogSources(Noun, frozen=True, kw_only=True):
    """The file.

    Attributes:
        common: attributes that events of all sources may carry.
        sources: those whose attributes are ours to name.
        others: further products, separated by blanks; their fields are their own.
    """

    schema: str
    common: tuple[str, ...]
    sources: tuple[Source, ...]
    others: str

    def products(self) -> frozenset[str]:
        """All products."""
        return frozenset(source.product for source in self.sources) | frozenset(self.others.split())

    def serving(self, wanted: LogSource) -> tuple[Source, ...]:
        """The sources a rule looks at that names this product and category; all categories if it names none."""
        return tuple(
            source
            for source in self.sources
            if _folded(wanted.product) == source.product
            and (not wanted.category or source.category in (None, _folded(wanted.category)))
        )

    def unknown(self, wanted: LogSource, names: Iterable[str]) -> list[str]:
        """The names that no event of such a source is documented to carry; none where fields are the product's own."""
        found = self.serving(wanted)
        if not found:
            return []
        known = [*self.common, *(name for source in found for name in source.attributes)]
        whole = frozenset(known)
        prefixes = tuple(name.removesuffix("*") for name in known if name.endswith(".*"))
        return [name for name in names if name not in whole and not name.startswith(prefixes)]


@cache
def log_sources() -> LogSources:
    """The shipped file."""
    import yaml

    read = msgspec.convert(yaml.load(content.read("log_sources.yaml"), yaml.CSafeLoader), LogSources)
    if read.schema != SCHEMA:
        raise ValueError(f"log_sources.yaml: schema is not {SCHEMA}")
    return read


def _folded(text: str | None) -> str:
    return (text or "").casefold()
