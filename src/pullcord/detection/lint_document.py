"""Rule documents as lint looks at them: their data, and on which line what stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension, read_extension
from pullcord.detection.lint_fields import fields_of
from pullcord.detection.rules import RuleState, RuleStatus
from pullcord.detection.sigma_parse import documents

CONTENT = frozenset(
    {
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "gen_ai.tool.description",
        "report.text",
        "report.subject",
    }
)
"""Attributes that hold what people or models wrote."""


class Document:
    """One document of a rule file.

    Args:
        status: what loading said.
        text: of the document.
        first: its first line in the file, from 1.

    Attributes:
        data: the document; empty if it did not load.
    """

    def __init__(self, status: RuleStatus, text: str, first: int) -> None:
        self.status = status
        self.loaded = status.status is RuleState.LOADED
        self._first = first
        self._lines: dict[str, int] = {}
        # What loaded is within bounds; what did not must not be read again without them.
        self.data: Mapping[str, Any] = self._read(text) if self.loaded else {}

    def _read(self, text: str) -> Mapping[str, Any]:
        node = yaml.compose(text, yaml.CSafeLoader)
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            self._lines.setdefault(str(key.value), key.start_mark.line)
        data = yaml.load(text, yaml.CSafeLoader)
        return data if isinstance(data, Mapping) else {}

    def text(self, key: str) -> str:
        """A top-level value as text; empty if it is missing or no text."""
        value = self.data.get(key)
        return value.strip() if isinstance(value, str) else ""

    def line(self, *keys: str) -> int:
        """The line of the first of these top-level keys that there is, else of the document; from 1."""
        return self._first + next((self._lines[key] for key in keys if key in self._lines), 0)

    @property
    def extension(self) -> Extension:
        """Its ``custom.pullcord``; the default if it cannot be read, which loading reports."""
        try:
            return read_extension(self._section())
        except RuleError:
            return Extension()

    @property
    def states_signal(self) -> bool:
        """Whether its author says if it is about wording."""
        section = self._section()
        return isinstance(section, Mapping) and "signal" in section

    @property
    def reads_content(self) -> bool:
        """Whether it compares what people or models wrote."""
        return any(field.name in CONTENT for field in fields_of(self.data.get("detection")))

    def _section(self) -> object:
        custom = self.data.get("custom")
        return custom.get("pullcord") if isinstance(custom, Mapping) else None


def read_documents(files: Iterable[tuple[str, bytes]], statuses: Iterable[RuleStatus]) -> Iterator[Document]:
    """The documents behind the statuses that loading the same files gave; both are in the same order."""
    rest = iter(statuses)
    for _, data in files:
        try:
            texts = list(documents(data))
        except RuleError:
            texts = []
        whole = data.decode("utf-8-sig") if texts else ""
        end = 0
        # A file that cannot be read, or holds nothing, has one status.
        for text in texts or [""]:
            start = whole.find(text, end)
            end = start + len(text)
            yield Document(next(rest), text, whole.count("\n", 0, start) + 1)
