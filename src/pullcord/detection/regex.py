"""Regular expressions of rules: RE2 (linear time) wherever it can, else Python's ``re`` within bounds.

Rules come from many hands and run over text that attackers write, so a pattern must not be able to stop the
engine. RE2 has no look-around and no back-references; patterns that need them run in ``re`` if they are
simple, and see only the first ``view.BACKTRACKING_LIMIT`` characters of a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import re2
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

from pullcord.detection.errors import RuleError

PATTERN_LIMIT = 16_384
UNBOUNDED_LIMIT = 4

_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
_REPEATED = re.compile(r"[*+]|\{\d*,?\d*\}")
_CURE = "rewrite the pattern without look-around and back-references, or in simpler parts"


class Regex:
    """A compiled pattern, searched anywhere in a text.

    Attributes:
        linear: whether it runs in linear time, so that texts need no cut.
        search: whether a text holds a match.
    """

    __slots__ = ("linear", "search")

    def __init__(self, pattern: str, flags: str = "") -> None:
        """Compile.

        Args:
            pattern: RE2 or Python syntax.
            flags: of ``i``, ``m``, ``s``, as in the Sigma modifiers.

        Raises:
            RuleError: not a pattern, too long, or possibly of exponential time.
        """
        if len(pattern) > PATTERN_LIMIT:
            raise RuleError(f"regular expression longer than {PATTERN_LIMIT} characters", "split the rule")
        prefixed = f"(?{flags}){pattern}" if flags else pattern
        self.linear = True
        found = linear_search(prefixed)
        if found is None:
            self.linear = False
            found = _backtracking_search(pattern, flags)
        self.search: Callable[[str], bool] = found


def linear_search(pattern: str) -> Callable[[str], bool] | None:
    """A linear-time search for a pattern, or None where RE2 cannot compile it."""
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        # Bytes in, bytes searched: the str interface maps every offset back, which is not needed here.
        search = re2.compile(pattern.encode("utf-8", "replace"), options).search
    except re2.error:
        return None

    def found(text: str) -> bool:
        # "replace": a lone surrogate must not raise, and matches "." as it should.
        return search(text.encode("utf-8", "replace")) is not None

    return found


def _backtracking_search(pattern: str, flags: str) -> Callable[[str], bool]:
    """A search by Python's ``re``, refused where its time could explode."""
    try:
        # ASCII: \d, \w and \s mean the same as in RE2.
        prefix = f"(?{flags}a)"
        search = re.compile(prefix + pattern).search
    except (re.error, RecursionError, OverflowError) as error:
        raise RuleError(f"regular expression is invalid: {error}", "correct the pattern") from error
    if len(_UNBOUNDED.findall(pattern)) > UNBOUNDED_LIMIT:
        raise RuleError(f"more than {UNBOUNDED_LIMIT} unbounded repetitions beside a look-around", _CURE)
    if nested_repetition(pattern):
        raise RuleError("a repetition within a repetition may take exponential time", _CURE)
    return lambda text: search(text) is not None


def nested_repetition(pattern: str) -> bool:
    """Whether a repeated group holds a repetition itself.

    Alternations within a repeated group count as repetitions too: ``(a|a)*`` explodes like ``(a*)*``. A class
    counts as one character, so its content cannot mislead; the answer errs to the safe side.
    """
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern, flags=re.DOTALL)
    stack: list[bool] = []
    risky = False
    for place, char in enumerate(plain):
        if char == "(":
            stack.append(risky)
            risky = False
        elif char == ")" and stack:
            repeated = bool(_REPEATED.match(plain, place + 1))
            if repeated and risky:
                return True
            risky = stack.pop() or risky or repeated
        elif char == "|" or _REPEATED.match(plain, place):
            risky = True
    return False


class _Engine(RegexEngine):
    """How pySigma checks patterns: what ``Regex`` would accept by syntax."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        options = re2.Options()
        options.log_errors = False
        names = "".join(name for name, flag in _FLAGS.items() if flags & flag)
        prefixed = f"(?{names}){pattern}" if names else pattern
        try:
            compiled: RegexPattern = re2.compile(prefixed, options)
        except re2.error:
            return re.compile(pattern, flags)  # type: ignore[return-value]
        return compiled

    @property
    def error(self) -> type[Exception]:
        return re.error


_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}

POLICY = SigmaPolicy(regex_engine=_Engine())
"""The policy that pySigma parses with: RE2 first, so that its own pattern checks cannot be stalled either."""
