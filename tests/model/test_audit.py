from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.audit import AuditEntry, broken_at
from pullcord.model.noun import digest


def chain(count: int) -> list[AuditEntry]:
    made: list[AuditEntry] = []
    for number in range(count):
        previous = made[-1].chain if made else "0" * 64
        bare = AuditEntry(
            sequence=number + 1, time=number, who="ann", what="stop", detail="", previous=previous, chain=""
        )
        made.append(msgspec.structs.replace(bare, chain=digest(bare)))
    return made


@given(st.integers(0, 8))
def test_a_whole_chain_is_whole(count: int) -> None:
    assert broken_at(chain(count)) is None


@given(st.integers(2, 8), st.data())
def test_whatever_is_changed_left_out_or_swapped_is_noticed(count: int, data: st.DataObject) -> None:
    entries = chain(count)
    place = data.draw(st.integers(0, count - 2))
    changed = msgspec.structs.replace(entries[place], who="bob")
    assert broken_at([*entries[:place], changed, *entries[place + 1 :]]) == place + 1
    assert broken_at([*entries[:place], *entries[place + 1 :]]) == place + 1
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    assert broken_at(swapped) == place + 1


def test_a_forged_entry_with_a_right_digest_breaks_the_next_one() -> None:
    entries = chain(3)
    bare = msgspec.structs.replace(entries[0], who="bob", chain="")
    forged = msgspec.structs.replace(bare, chain=digest(bare))
    assert broken_at([forged, *entries[1:]]) == 2
