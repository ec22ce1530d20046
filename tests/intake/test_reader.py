from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from pullcord.intake.context import Context, Limits, Rejection
from pullcord.intake.reader import Batch, read_either, read_events, read_findings, require_something
from pullcord.model.errors import NothingReadableError, UsageError
from pullcord.model.event import Event
from tests.intake.formats.samples import CLOUDTRAIL, OKTA, SURICATA_ALERT, WAZUH
from tests.intake.requests import span, traces


def native(number: int) -> bytes:
    record = {"id": f"e{number}", "time": "2026-01-01T00:00:00Z", "logsource": {}, "attributes": {}}
    return orjson.dumps(record)


FINDING = b'{"class_uid":2004,"time":1,"finding_info":{"uid":"x"}}'


def write(folder: Path, *lines: bytes, name: str = "a.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def read(
    *paths: Path, limits: Limits | None = None, after: tuple[int, int] = (0, 0)
) -> tuple[list[Batch[Event]], list[Rejection], Context]:
    ctx = Context(limits=limits or Limits())
    told: list[Rejection] = []
    return list(read_events(paths, ctx, told.append, after)), told, ctx


def test_formats_may_mix_and_bad_lines_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, native(1), b"garbage", traces(span(), 5), FINDING, native(2))
    (batch,), told, ctx = read(path)
    assert [event.id[:2] for event in batch.items] == ["e1", "0a", "e2"]
    assert (batch.first_line, batch.last_line, batch.rejections) == (1, 5, 3)
    assert [(item.source, item.line) for item in told] == [(str(path), 2), (str(path), 3), (str(path), 4)]
    assert (ctx.counters.records, ctx.counters.accepted, ctx.counters.rejected) == (5, 3, 3)
    assert {event.source for event in batch.items} == {str(path)}


def test_batches_are_bounded_and_never_span_files(tmp_path: Path) -> None:
    one = write(tmp_path, *map(native, range(5)), name="1")
    two = write(tmp_path, *map(native, range(5, 7)), name="2")
    batches, _, _ = read(one, two, limits=Limits(max_batch=2))
    assert [(b.file_index, b.first_line, b.last_line) for b in batches] == [
        (0, 1, 2),
        (0, 3, 4),
        (0, 5, 5),
        (1, 1, 2),
    ]
    small, _, _ = read(one, limits=Limits(max_batch_bytes=1))
    assert len(small) == 5


def test_going_on_after_a_batch_gives_the_rest(tmp_path: Path) -> None:
    one = write(tmp_path, *map(native, range(5)), name="1")
    two = write(tmp_path, *map(native, range(5, 9)), name="2")
    batches, _, _ = read(one, two, limits=Limits(max_batch=2))
    whole = [event for batch in batches for event in batch.items]
    done = 0
    for batch in batches:
        done += len(batch.items)
        rest, _, ctx = read(one, two, after=(batch.file_index, batch.last_line))
        assert [event for more in rest for event in more.items] == whole[done:]
        assert ctx.counters.empty_inputs == []


def test_floods_of_garbage_are_told_briefly_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, *[b"x"] * 50, native(1), *[b"y"] * 3)
    _, told, ctx = read(path, limits=Limits(max_complaints=10))
    assert len(told) == 13
    assert "10 rejected in a row" in told[9].cause
    assert ctx.counters.rejected == 53


def test_all_inputs_are_checked_before_the_first_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_events([write(tmp_path, native(1)), tmp_path / "missing"], Context(), print)
    with pytest.raises(UsageError):
        read_findings([tmp_path], Context(), print)


def test_an_input_without_records_is_an_error_at_the_end(tmp_path: Path) -> None:
    good, bad = write(tmp_path, native(1), name="good"), write(tmp_path, b"x", name="bad")
    _, _, ctx = read(good, bad)
    with pytest.raises(NothingReadableError, match="bad"):
        require_something(ctx.counters)
    _, _, fine = read(good)
    require_something(fine.counters)


def test_findings_of_both_kinds(tmp_path: Path) -> None:
    line = {
        "finding_id": "f",
        "rule_id": "r",
        "title": "t",
        "severity": "low",
        "time": "2026-01-01T00:00:00Z",
    }
    path = write(tmp_path, FINDING, orjson.dumps(line), native(1))
    ctx = Context()
    told: list[Rejection] = []
    (batch,) = read_findings([path], ctx, told.append)
    assert [finding.id for finding in batch.items] == ["x", "f"]
    assert [str(item) for item in told] == [
        f"{path}:3: an event (native) where findings belong; give it to `pullcord detect`, and its output here"
    ]


def test_either_takes_events_and_findings_as_they_come(tmp_path: Path) -> None:
    path = write(tmp_path, FINDING, native(1), traces(span()), b"{}")
    ctx = Context()
    told: list[Rejection] = []
    (batch,) = read_either([path], ctx, told.append)
    assert [type(item).__name__ for item in batch.items] == ["Finding", "Event", "Event"]
    assert [item.line for item in told] == [4]
    assert ctx.counters.accepted == 3


def test_alerts_of_other_tools_are_events_or_findings_as_asked(tmp_path: Path) -> None:
    quiet = WAZUH | {"rule": {"level": 1}}
    path = write(tmp_path, *map(orjson.dumps, (WAZUH, SURICATA_ALERT, OKTA, quiet)))
    events, told, _ = read(path)
    assert [event.id.partition(":")[0] for event in events[0].items] == ["wazuh", "suricata", "okta", "wazuh"]
    assert told == []
    told = []
    (batch,) = read_findings([path], Context(), told.append)
    assert [finding.product for finding in batch.items] == ["wazuh", "suricata"]
    assert [(item.line, item.cause) for item in told] == [
        (3, "an event (okta) where findings belong"),
        (4, "wazuh: an event, not an alert"),
    ]
    (either,) = read_either([path], Context(), told.append)
    assert len(either.items) == 6


def test_broken_records_in_a_list_are_told_by_their_place(tmp_path: Path) -> None:
    path = write(tmp_path, orjson.dumps({"Records": [CLOUDTRAIL, {"x": 1}]}))
    (batch,), told, _ = read(path)
    assert len(batch.items) == 1
    assert told[0].cause.startswith("Records[1]: ")
