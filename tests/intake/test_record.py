from __future__ import annotations

import pytest

from pullcord.intake.context import Context, Limits
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.record import read_object


@pytest.mark.parametrize(("raw", "cause"), [(b"[1]", "a list"), (b"1", "a number"), (b"null", "null")])
def test_only_objects(raw: bytes, cause: str) -> None:
    with pytest.raises(UnreadableRecordError, match=f"{cause} instead of an object"):
        read_object(raw, Context())


def test_too_long() -> None:
    with pytest.raises(UnreadableRecordError, match="20 bytes"):
        read_object(b" " * 20, Context(limits=Limits(max_document=10)))


def test_half_pairs_are_counted() -> None:
    ctx = Context()
    assert read_object(rb'{"a":"\ud800"}', ctx) == {"a": "\ufffd"}
    assert ctx.counters.replaced == 1
