from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.entry import Context, Entry
from pullcord.detection.correlation.wire import (
    VERSION,
    GroupHead,
    entry_size,
    read_head,
    read_piece,
    write_head,
    write_piece,
)
from pullcord.model.event import SourceTrust

NAMES = st.one_of(st.none(), st.text(max_size=5))
TEXTS = st.lists(st.text(max_size=5), max_size=3).map(tuple)
CONTEXTS = st.builds(
    Context, NAMES, NAMES, NAMES, st.sampled_from(SourceTrust), text=st.booleans(), entities=TEXTS
)
ENTRIES = st.builds(
    Entry,
    st.integers(-(2**63), 2**63 - 1),
    st.one_of(st.text(min_size=1, max_size=9), st.lists(st.text(), min_size=2, max_size=3).map(tuple)),
    st.lists(
        st.one_of(st.text(max_size=3), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
    ).map(tuple),
    st.integers(1, 2**64 - 1),
    CONTEXTS,
    NAMES,
    st.just(7),
)


@given(st.lists(ENTRIES, max_size=6))
def test_entries_come_back_as_they_were(entries: list[Entry]) -> None:
    data = write_piece(entries)
    assert read_piece(data, 7) == entries
    assert len(data) <= 40 + sum(entry_size(entry, None) for entry in entries)


def test_heads_come_back_as_they_were() -> None:
    head = GroupHead(VERSION, "key", ("ann", "h1"), -5, 9, None, held=True)
    assert read_head(write_head(head)) == head
    head.version += 1
    assert read_head(write_head(head)) is None


@given(st.binary(max_size=40))
def test_damaged_bytes_are_nothing(data: bytes) -> None:
    assert read_head(data) is None
    entries = read_piece(data, 0)
    assert entries is None or entries == []
