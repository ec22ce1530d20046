"""Files → rules, in three passes: detection rules, then filters, then correlations, whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sigma.rule import SigmaRule, SigmaRuleBase

from pullcord.detection.correlation.compile import Base, Head, compile_correlation, references_of
from pullcord.detection.correlation.condition import Comparison
from pullcord.detection.correlation.resolve import Names, Pending, resolve
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension, Signal, read_extension
from pullcord.detection.filters import FILTER_LIMIT, Filter, compile_filter, filtered, targets
from pullcord.detection.rules import Rule, RuleSet, RuleState, RuleStatus
from pullcord.detection.sigma import compile_rule
from pullcord.detection.sigma_parse import (
    Parsed,
    ParsedCorrelation,
    ParsedFilter,
    documents,
    guess_id,
    guess_name,
    log_source,
    parse_document,
)
from pullcord.detection.tags import techniques
from pullcord.model.finding import Severity

_ERROR_LIMIT = 400
_SHOWN = 5
T = TypeVar("T")


@dataclass(slots=True)
class Document:
    """One document on its way.

    Attributes:
        parsed: None if it could not be parsed.
        error, note: as in its status.
    """

    rule_id: str
    name: str | None
    path: str
    parsed: Parsed | None = None
    error: str | None = None
    note: str | None = None

    def attempt(self, step: Callable[[], T]) -> T | None:
        """Do a step; what goes wrong becomes the error of this document only."""
        try:
            return guarded(step)
        except RuleError as error:
            self.error = str(error)
            return None

    def remark(self, note: str) -> None:
        """Add to the note."""
        self.note = note if self.note is None else f"{self.note}; {note}"[:_ERROR_LIMIT]

    def status(self) -> RuleStatus:
        """What became of it."""
        state = RuleState.LOADED if self.error is None else RuleState.FAILED
        return RuleStatus(
            rule_id=self.rule_id, path=self.path, status=state, error=self.error, note=self.note
        )


class Loader:
    """One loading of rules.

    Args:
        limit: rules and correlations that may load.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._documents: list[Document] = []
        self._rules: dict[str, Rule] = {}
        self._correlations: dict[str, CorrelationRule] = {}
        self._owners: dict[str, Document] = {}
        self._generating: set[str] = set()
        self._names = Names()

    def load(self, items: Iterable[tuple[str, bytes]]) -> RuleSet:
        """Everything; see ``rules.load_rules``."""
        for path, data in items:
            self._documents.extend(_read(path, data))
        for document in self._documents:
            if not isinstance(document.parsed, ParsedFilter):
                self._names.add(document.rule_id, document.name)
        for document in self._documents:
            if isinstance(document.parsed, SigmaRule):
                self._load_rule(document, document.parsed)
        self._load_filters()
        correlations = self._silence(self._load_correlations())
        statuses = tuple(each.status() for each in self._documents)
        return RuleSet(tuple(self._rules.values()), tuple(correlations), statuses)

    def _claim(self, document: Document) -> None:
        """Give the document its id, if there is room and nobody else has it."""
        if document.rule_id in self._owners:
            raise RuleError("another rule has the same id", "give each rule its own id")
        if len(self._owners) >= self._limit:
            raise RuleError(f"more than {self._limit} rules", "load fewer rules")
        self._owners[document.rule_id] = document

    def _load_rule(self, document: Document, parsed: SigmaRule) -> None:
        rule = document.attempt(partial(_rule, document.rule_id, parsed))
        if rule is not None:
            document.attempt(partial(self._claim, document))
            if document.error is None:
                self._rules[rule.rule_id] = rule

    def _load_filters(self) -> None:
        """Compile filters and join each to its rules."""
        sources = {rule_id: rule.logsource for rule_id, rule in self._rules.items()}
        chosen: dict[str, list[Filter]] = {}
        loaded = 0
        for document in self._documents:
            parsed = document.parsed
            if not isinstance(parsed, ParsedFilter):
                continue
            if loaded >= FILTER_LIMIT:
                document.error = str(RuleError(f"more than {FILTER_LIMIT} filters", "load fewer filters"))
                continue
            each = document.attempt(partial(compile_filter, parsed.common, parsed.condition))
            found = None if each is None else document.attempt(partial(targets, each, self._names, sources))
            if each is None or found is None:
                continue
            loaded += 1
            for note in found[1]:
                document.remark(note)
            for rule_id in found[0]:
                chosen.setdefault(rule_id, []).append(each)
        for rule_id, filters in chosen.items():
            rule = self._rules[rule_id]
            self._rules[rule_id] = replace(rule, node=filtered(rule.node, filters))

    def _load_correlations(self) -> list[CorrelationRule]:
        """Compile correlations, bases first."""
        pending: list[Pending] = []
        owners: list[Document] = []
        for document in self._documents:
            parsed = document.parsed
            if not isinstance(parsed, ParsedCorrelation):
                continue
            references = document.attempt(partial(references_of, parsed.section))
            if references is not None:
                document.attempt(partial(self._claim, document))
            if references is not None and document.error is None:
                finish = partial(self._finish, document.rule_id, parsed)
                pending.append(Pending(document.rule_id, document.name, references, finish))
                owners.append(document)
        bases = {rule_id: _base(rule) for rule_id, rule in self._rules.items()}
        failed = {
            each.rule_id: each.error or "it is a filter"
            for each in self._documents
            if each.rule_id not in self._owners
        }
        done, errors = resolve(pending, self._names, bases, failed)
        for place, error in errors.items():
            owners[place].error = str(error)
        return [self._correlations[pending[place].rule_id] for place in done]

    def _finish(self, rule_id: str, parsed: ParsedCorrelation, bases: Sequence[Base]) -> Base:
        """Compile one correlation from its bases."""
        head = guarded(partial(_head, rule_id, parsed.common))
        rule = guarded(partial(compile_correlation, head, parsed.section, bases))
        self._correlations[rule_id] = rule
        if isinstance(rule.condition, Comparison) and rule.condition.open_below and not rule.type.numeric:
            self._owners[rule_id].remark("its condition holds from the first match of a group on")
        if parsed.section.generate:
            self._generating.add(rule_id)
        return _base(rule)

    def _silence(self, correlations: Sequence[CorrelationRule]) -> list[CorrelationRule]:
        """Rules that are only there for correlations make no findings of their own.

        Only correlations that loaded count, and one of them that asks for findings is enough: rather a finding
        too many than a rule that is silent because of a mistake in another.
        """
        users: dict[str, list[CorrelationRule]] = {}
        for user in correlations:
            for reference in user.references:
                users.setdefault(reference.rule_id, []).append(user)
        silent = {
            rule_id: by
            for rule_id, by in users.items()
            if not any(each.rule_id in self._generating for each in by)
        }
        for rule_id, by in silent.items():
            named = ", ".join(repr(user.title) for user in by[:_SHOWN])
            self._owners[rule_id].remark(f"makes no findings of its own: it is there for {named}")
            if rule_id in self._rules:
                self._rules[rule_id] = replace(self._rules[rule_id], emits=False)
        return [replace(each, emits=each.rule_id not in silent) for each in correlations]


def guarded(step: Callable[[], T]) -> T:
    """Do a step of loading.

    Raises:
        RuleError: whatever went wrong. pySigma and YAML raise many kinds of error on hostile input.
    """
    try:
        return step()
    except RuleError:
        raise
    except Exception as error:
        cause = f"{type(error).__name__}: {one_line(str(error))}"
        raise RuleError(cause, "correct the rule") from error


def _read(path: str, data: bytes) -> Iterator[Document]:
    """The documents of a file, parsed as far as they can be."""
    try:
        texts = list(documents(data))
    except RuleError as error:
        yield Document(path, None, path, error=str(error))
        return
    if not texts:
        empty = RuleError("the file holds no rule", "write a rule or remove the file")
        yield Document(path, None, path, error=str(empty))
    for number, text in enumerate(texts, 1):
        document = Document(path if number == 1 else f"{path}#{number}", None, path)
        document.parsed = document.attempt(partial(parse_document, text))
        if document.parsed is None:
            document.rule_id = guess_id(text) or document.rule_id
            document.name = guess_name(text)
        else:
            common = document.parsed if isinstance(document.parsed, SigmaRule) else document.parsed.common
            document.rule_id = str(common.id) if common.id else document.rule_id
            document.name = common.name
        yield document


def _head(rule_id: str, parsed: SigmaRuleBase) -> Head:
    """What detection rules and correlations have in common."""
    return Head(
        rule_id=rule_id,
        name=parsed.name,
        title=one_line(parsed.title),
        author=one_line(parsed.author or ""),
        severity=Severity(str(parsed.level)) if parsed.level else Severity.MEDIUM,
        techniques=techniques(str(tag) for tag in parsed.tags),
        extension=_extension(parsed.custom_attributes),
    )


def _rule(rule_id: str, parsed: SigmaRule) -> Rule:
    head = _head(rule_id, parsed)
    return Rule(
        rule_id=rule_id,
        name=head.name,
        title=head.title,
        author=head.author,
        severity=head.severity,
        techniques=head.techniques,
        logsource=log_source(parsed.logsource),
        extension=head.extension,
        node=compile_rule(parsed),
    )


def _base(rule: Rule | CorrelationRule) -> Base:
    """A rule as correlations see it."""
    return Base(
        rule_id=rule.rule_id,
        title=rule.title,
        names=frozenset({rule.rule_id, rule.name or rule.rule_id}),
        text=rule.extension.signal is Signal.TEXT,
        techniques=rule.techniques,
        incident_type=rule.extension.incident_type,
    )


def _extension(attributes: Mapping[str, object]) -> Extension:
    custom = attributes.get("custom")
    return read_extension(custom.get("pullcord") if isinstance(custom, Mapping) else None)


def one_line(text: str) -> str:
    """Text from a file, fit to be shown: no control characters, bounded."""
    return "".join(char if char.isprintable() else " " for char in text[:_ERROR_LIMIT]).strip()
