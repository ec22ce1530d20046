from __future__ import annotations

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.intake.decode import FOREIGN, MOST_WRAPPED, decode
from pullcord.intake.detect_format import EVENTS, FINDINGS, Format, detect_format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.record import read_object
from pullcord.model.event import Event
from pullcord.model.noun import digest_bytes
from tests.intake.formats.helpers import JSON, both, context, damaged, origin
from tests.intake.formats.samples import ALL, CLOUDTRAIL, ENTRA_SIGN_IN


@pytest.mark.parametrize("name", ALL)
def test_each_format_is_recognised_and_read(name: str) -> None:
    raw = orjson.dumps(ALL[name])
    ctx = context()
    data = read_object(raw, ctx)
    form = detect_format(data)
    assert form == name.partition("-")[0]
    items, problems = decode(data, form, raw, ctx)
    assert problems == []
    first = items[0]
    assert isinstance(first, Event)
    assert (first.source, first.received, first.raw_digest) == (ctx.source, ctx.received, digest_bytes(raw))
    assert first.id
    assert first.logsource.product


def test_every_format_has_a_reader() -> None:
    own = {Format.NATIVE, Format.OTLP, Format.WRAPPED}
    assert set(FOREIGN) == EVENTS - own
    assert set(FOREIGN) | own | FINDINGS == set(Format)


def test_files_of_cloudtrail_and_pages_of_graph() -> None:
    assert len(both({"Records": [CLOUDTRAIL, CLOUDTRAIL | {"eventID": "x"}]})) == 2
    assert len(both({"@odata.context": "https://graph.example", "value": [ENTRA_SIGN_IN]})) == 1


def test_broken_records_in_a_list_are_named() -> None:
    data: dict[str, object] = {"Records": [7, CLOUDTRAIL, {"x": 1}, {"Records": []}]}
    items, problems = decode(data, Format.WRAPPED, b"", context())
    assert len(items) == 1
    assert [problem.cause.partition(":")[0] for problem in problems] == [
        "Records[0]",
        "Records[2]",
        "Records[3]",
    ]


def test_a_list_is_bounded() -> None:
    with pytest.raises(UnreadableRecordError, match="more than"):
        decode({"Records": [0] * (MOST_WRAPPED + 1)}, Format.WRAPPED, b"", context())
    _, problems = decode({"Records": [0] * 5_000}, Format.WRAPPED, b"", context())
    assert (len(problems), len({id(problem) for problem in problems})) == (5_000, 100)


@settings(max_examples=600, deadline=None)
@given(damaged())
def test_a_damaged_record_is_an_event_or_refused_with_a_cure(record: dict[str, object]) -> None:
    raw = orjson.dumps(record)
    ctx = context()
    try:
        data = read_object(raw, ctx)
        items, problems = decode(data, detect_format(data), raw, ctx)
    except UnreadableRecordError as error:
        assert error.cause  # noqa: PT017
        assert error.cure  # noqa: PT017
    else:
        for item in items:
            assert len(msgspec.json.encode(item)) < 1 << 20
            assert 1 <= len(item.id) <= 512
        assert all(problem.cure for problem in problems)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FOREIGN)), st.dictionaries(st.text(max_size=8), JSON, max_size=5), damaged())
def test_no_reader_breaks_on_what_is_of_another_format(
    form: Format, record: dict[str, object], other: dict[str, object]
) -> None:
    for data in (record, other, other | record):
        try:
            items = FOREIGN[form](data, origin())
        except UnreadableRecordError as error:
            assert error.cure  # noqa: PT017
        else:
            assert items
