"""Sigma files into pySigma rules, filters and correlations: sizes bounded before anything walks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from sigma.correlations import SigmaCorrelationRule
from sigma.filters import SigmaFilter
from sigma.rule import SigmaLogSource, SigmaRule
from sigma.rule.base import SigmaYAMLLoader, check_alias_expansion

from pullcord.detection.correlation.section import Section, read_section
from pullcord.detection.errors import RuleError
from pullcord.detection.regex import POLICY
from pullcord.model.event import LogSource

FILE_LIMIT = 2 * 1024 * 1024
NODE_LIMIT = 50_000
DEPTH_LIMIT = 32
CONDITION_LIMIT = 4_096
WINDASH_LIMIT = 1_000

# "---" at the start of a line ends a document wherever it stands (YAML 1.2, 9.1.2): splitting by it is exact.
_MARKER = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_ID = re.compile(r"^id:[ \t]*['\"]?([0-9A-Fa-f-]{36})\b", re.MULTILINE)
_NAME = re.compile(r"^name:[ \t]*(['\"]?)([^\s'\"#][^'\"#\r\n]{0,255}?)\1[ \t]*(?:#.*)?\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ParsedFilter:
    """A filter: pySigma's form, and its searches and condition as a rule."""

    common: SigmaFilter
    condition: SigmaRule


@dataclass(frozen=True, slots=True)
class ParsedCorrelation:
    """A correlation: pySigma's form for what all rules have in common, and its own section."""

    common: SigmaCorrelationRule
    section: Section


Parsed = SigmaRule | ParsedFilter | ParsedCorrelation


def documents(data: bytes) -> Iterator[str]:
    """The YAML documents of a file, those without content left out.

    Raises:
        RuleError: the file is too large or not UTF-8.
    """
    if len(data) > FILE_LIMIT:
        raise RuleError(f"file larger than {FILE_LIMIT} bytes", "split it into several files")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleError(f"not UTF-8 at byte {error.start}", "save the file as UTF-8") from error
    for document in _MARKER.split(text):
        if not _empty(document):
            yield document


def _empty(document: str) -> bool:
    """Whether there are only blank lines, comments, directives and end markers."""
    lines = (line.strip() for line in document.splitlines())
    return all(not line or line.startswith(("#", "%")) or line == "..." for line in lines)


def guess_id(document: str) -> str | None:
    """The rule id of a document that may not parse, lower case, if it shows one."""
    match = _ID.search(document)
    return match[1].lower() if match else None


def guess_name(document: str) -> str | None:
    """The rule name of a document that may not parse, if it shows one."""
    match = _NAME.search(document)
    return match[2] if match else None


def log_source(source: SigmaLogSource) -> LogSource:
    """A log source as events have it."""
    return LogSource(product=source.product, category=source.category, service=source.service)


def parse(document: str) -> SigmaRule:
    """Parse a detection rule.

    Raises:
        RuleError: it breaks a bound, or is not a detection rule.
        yaml.YAMLError: not YAML.
        sigma.exceptions.SigmaError: not Sigma.
    """
    parsed = parse_document(document)
    if not isinstance(parsed, SigmaRule):
        raise RuleError("not a detection rule", "give it a detection section only")
    return parsed


def parse_document(document: str) -> Parsed:
    """Parse one document of any kind.

    Raises:
        RuleError: it breaks a bound, or is no rule, filter or correlation.
        yaml.YAMLError: not YAML.
        sigma.exceptions.SigmaError: not Sigma.
    """
    _bound_structure(document)
    # SigmaYAMLLoader is a safe loader; it also refuses a key given twice, which would hide a condition.
    data = yaml.load(document, SigmaYAMLLoader)  # noqa: S506
    check_alias_expansion(data)
    if not isinstance(data, dict):
        raise RuleError("the document is not a rule", "a rule is a map with title, logsource and detection")
    if "action" in data:
        raise RuleError(
            "rule collections by 'action' are not supported; Sigma 2 has none", "write each rule out in full"
        )
    kinds = [kind for kind in ("detection", "correlation", "filter") if kind in data]
    if len(kinds) > 1:
        raise RuleError(f"the document has {' and '.join(kinds)}", "split it into one document for each")
    if kinds == ["correlation"]:
        return _parse_correlation(data)
    searches = data.get("filter" if kinds == ["filter"] else "detection")
    if isinstance(searches, Mapping):
        _bound_conditions(searches)
        _bound_items(searches)
    return _parse_filter(data) if kinds == ["filter"] else SigmaRule.from_dict(data, policy=POLICY)


def _parse_filter(data: dict[str, Any]) -> ParsedFilter:
    common = SigmaFilter.from_dict(data, policy=POLICY)
    searches = {name: search for name, search in data["filter"].items() if name != "rules"}
    rule = {"title": common.title, "logsource": data["logsource"], "detection": searches}
    return ParsedFilter(common, SigmaRule.from_dict(rule, policy=POLICY))


def _parse_correlation(data: dict[str, Any]) -> ParsedCorrelation:
    """Read the section strictly, and leave what all rules have in common to pySigma.

    The specification has ``generate`` beside the section, pySigma within it; both are read.
    """
    given = data["correlation"]
    if isinstance(given, dict) and "generate" in data:
        given = {"generate": data["generate"], **given}
    section = read_section(given)
    plain = {"type": "event_count", "rules": ["any"], "timespan": "1s", "condition": {"gte": 1}}
    common = SigmaCorrelationRule.from_dict({**data, "correlation": plain}, policy=POLICY)
    return ParsedCorrelation(common, section)


def _bound_structure(document: str) -> None:
    """Count nodes and depth from the event stream, before any tree is built by recursion."""
    depth = nodes = 0
    for event in yaml.parse(document, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_LIMIT:
                raise RuleError(f"nested deeper than {DEPTH_LIMIT} levels", "flatten the rule")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, yaml.NodeEvent)
        if nodes > NODE_LIMIT:
            raise RuleError(f"more than {NODE_LIMIT} values", "split the rule")


def _bound_conditions(detection: Mapping[Any, Any]) -> None:
    """Conditions are parsed by recursive descent: bound them by length."""
    condition = detection.get("condition")
    for each in condition if isinstance(condition, list) else [condition]:
        if isinstance(each, str) and len(each) > CONDITION_LIMIT:
            raise RuleError(f"condition longer than {CONDITION_LIMIT} characters", "split the rule")


def _bound_items(node: Any) -> None:  # noqa: ANN401  (whatever YAML holds)
    """Some modifiers multiply values: each may stand once, and ``windash`` only on short lists."""
    if isinstance(node, list):
        for each in node:
            _bound_items(each)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            modifiers = key.split("|")[1:] if isinstance(key, str) else []
            if len(modifiers) != len(set(modifiers)):
                raise RuleError(f"a modifier stands twice in {key[:80]!r}", "name each modifier once")
            if "windash" in modifiers and isinstance(value, list) and len(value) > WINDASH_LIMIT:
                raise RuleError(f"windash on more than {WINDASH_LIMIT} values", "split the list")
            _bound_items(value)
