from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.anomaly.judge import Pool
from pullcord.detection.anomaly.saved import entry_name, pack, unpack

DECODER = msgspec.msgpack.Decoder(Pool)


def test_what_is_packed_comes_back() -> None:
    pool = Pool(fingerprint="f", entities=3)
    pool.tail.blocks[0].append(1.5)
    assert unpack(pack(pool), DECODER) == pool


@given(st.data())
def test_any_damage_is_seen(data: st.DataObject) -> None:
    good = pack(Pool(fingerprint="f", entities=3))
    place = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    bad = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
    with pytest.raises(ValueError, match="checksum"):
        unpack(bad, DECODER)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(data, DECODER)


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected"):
        unpack(pack({"a": 1}), DECODER)


def test_names_tell_entities_apart_however_they_are_divided() -> None:
    assert len({entry_name(e) for e in (("a", "b"), ("ab",), ("a", "b", ""), ("", "ab"))}) == 4
