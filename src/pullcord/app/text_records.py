"""Lines ``{id, text}``: what the commands that judge texts read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pullcord.app.inputs import Tell, to_stderr
from pullcord.intake.context import Context, Counters, Rejection
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import kind
from pullcord.intake.files import Record, check_inputs, open_records
from pullcord.intake.reader import require_something
from pullcord.intake.record import read_object


class TextRecord(NamedTuple):
    """A text and what its source calls it."""

    id: str | int
    text: str


class TextInputs:
    """The files of one command. Records that cannot be used are counted, told, and passed over.

    Attributes:
        counters: what was read so far, over all files.

    Raises:
        UsageError: a file cannot be opened.
    """

    def __init__(self, paths: Sequence[Path], tell: Tell = to_stderr) -> None:
        self.counters = Counters()
        self._paths, self._tell = paths, tell
        self._context = Context(counters=self.counters)
        self._in_a_row = 0
        check_inputs(paths)

    def texts(self) -> Iterator[TextRecord]:
        """All records, in order.

        Raises:
            NothingReadableError: at the end, if a file held no usable record.
        """
        for path in self._paths:
            before = self.counters.accepted
            for found in open_records(path, self._context.limits):
                self.counters.records += 1
                one = found if isinstance(found, Rejection) else self._read(found, path)
                if isinstance(one, Rejection):
                    self._refused(one)
                else:
                    self.counters.accepted += 1
                    self._in_a_row = 0
                    yield one
            if self.counters.accepted == before:
                self.counters.empty_inputs.append(str(path))
        require_something(self.counters)

    def _read(self, record: Record, path: Path) -> TextRecord | Rejection:
        try:
            data = read_object(record.raw, self._context)
            return TextRecord(_id(data, self._context.limits.max_id), _text(data))
        except UnreadableRecordError as error:
            return Rejection(source=str(path), line=record.line, cause=error.cause, cure=error.cure)

    def _refused(self, rejection: Rejection) -> None:
        self.counters.rejected += 1
        self._in_a_row += 1
        most = self._context.limits.max_complaints
        if self._in_a_row < most:
            self._tell(str(rejection))
        elif self._in_a_row == most:
            cause = f"{most} rejected in a row, the last one: {rejection.cause}"
            cure = "check the file; further ones are counted, not shown, until a record is read again"
            self._tell(str(Rejection(source=rejection.source, line=rejection.line, cause=cause, cure=cure)))


def _id(data: dict[str, object], longest: int) -> str | int:
    value = data.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise UnreadableRecordError(
            "no id" if value in (None, "") else f"id is {kind(value)}",
            'write {"id": "…", "text": "…"}, with a string or a whole number as id',
        )
    if isinstance(value, str) and len(value) > longest:
        raise UnreadableRecordError(
            f"id has {len(value)} characters, more than {longest}", "use a shorter id"
        )
    return value


def _text(data: dict[str, object]) -> str:
    value = data.get("text")
    if not isinstance(value, str):
        raise UnreadableRecordError(
            "no text" if value is None else f"text is {kind(value)}", 'write {"id": "…", "text": "…"}'
        )
    return value
