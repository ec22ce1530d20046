"""The one root of all errors Pullcord raises on purpose."""

from __future__ import annotations

from typing import ClassVar


class PullcordError(Exception):
    """Something went wrong that a person can act on.

    Subclasses set ``code`` (``PC-`` + room digit + three digits; docs/reference/errors.md lists them).

    Args:
        cause: what happened and where, without a final full stop.
        cure: what the reader should do, as an imperative.
    """

    code: ClassVar[str] = "PC-0000"

    def __init__(self, cause: str, cure: str) -> None:
        self.cause = cause
        self.cure = cure
        super().__init__(cause)

    def __str__(self) -> str:
        """One line for people: code, cause, cure."""
        return f"{self.code}: {self.cause}; {self.cure}"

    def __reduce__(self) -> tuple[type[PullcordError], tuple[str, str]]:
        """Survive the way to another process and back."""
        return type(self), (self.cause, self.cure)


class UsageError(PullcordError):
    """The call itself is wrong: a file that cannot be opened, an option that does not fit (exit code 2)."""

    code = "PC-0001"


class NothingReadableError(UsageError):
    """An input opened but yielded no usable record (exit code 2)."""

    code = "PC-0002"
