from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.common import (
    Equals,
    add,
    address,
    close,
    first,
    flatten,
    inside,
    record_id,
    told_or_received,
    word,
)
from pullcord.model.event import SourceTrust, Value
from tests.intake.formats.helpers import JSON, NOW, context, origin


def test_fields_become_flat() -> None:
    found = flatten(
        {"a": 1, "b": {"c": {"d": "x"}, "e": [1, 2]}, "f": None, "g": {}, "h": [{"i": 1}]}, context()
    )
    assert found == {"b.c.d": "x", "b.e": [1, 2], "a": 1, "g": "{}", "h": '[{"i":1}]'}


def test_of_too_many_fields_the_nested_ones_are_left_out() -> None:
    padding = {f"k{number}": {"x": number} for number in range(2_000)}
    attributes = flatten({"eventName": "DeleteTrail", "requestParameters": padding}, context())
    event = close(Draft(id="x", time=1, attributes=attributes), origin(), "aws", None, None)
    assert len(event.attributes) == 1_024
    assert event.attributes["eventName"] == "DeleteTrail"


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_anything_becomes_flat(data: dict[str, object]) -> None:
    for value in flatten(data, context()).values():
        assert isinstance(value, str | int | float | bool | list)


def test_names_are_added_and_never_replaced() -> None:
    found: dict[str, Value] = {"a": "-", "b": "x", "there": "kept", "ip": "10.0.0.1:80", "host": "web-1"}
    add(
        found,
        {
            "new": ("nothing", "a", "b"),
            "there": ("b",),
            "source.address": ("host", "ip"),
            "none": ("a",),
        },
    )
    assert found["new"] == "x"
    assert found["there"] == "kept"
    assert found["source.address"] == "10.0.0.1"
    assert "none" not in found


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        (" 10.0.0.1 ", "10.0.0.1"),
        ("10.0.0.1:443", "10.0.0.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("AWS Internal", None),
        ("-", None),
        ("", None),
        (7, None),
        ("1" * 100, None),
    ],
)
def test_addresses(given_text: object, expected: str | None) -> None:
    assert address(given_text) == expected


def test_the_end_in_the_plant() -> None:
    assert inside("8.8.8.8", "10.0.0.1") == "10.0.0.1"
    assert inside("10.0.0.2", "10.0.0.1") == "10.0.0.2"
    assert inside("8.8.8.8", "1.1.1.1") == "8.8.8.8"
    assert inside("x", None) is None


def test_words() -> None:
    assert [word(item) for item in (" x ", 7, True, None, "-", "", "N/A", "x" * 257, 10**40)] == [
        "x",
        "7",
        *[None] * 7,
    ]
    assert first("-", None, "a", "b") == "a"


def test_ids() -> None:
    assert record_id("okta", ("u-1",), origin()) == "okta:u-1"
    assert record_id("okta", (None,), origin()) == f"okta:{'ab' * 16}"
    assert record_id("okta", ("a", "-"), origin()) == f"okta:{'ab' * 16}"
    assert record_id("okta", ("x" * 256,) * 3, origin()) == f"okta:{'ab' * 16}"
    assert record_id("s", (), origin(key="cd" * 32)) == f"s:{'cd' * 16}"


def test_equal_records_are_as_many_and_stay_the_same() -> None:
    one, other = Equals(), Equals()
    keys = [one.key("ab" * 32) for _ in range(3)]
    assert keys[0] == ""
    assert len(set(keys)) == 3
    assert [other.key("ab" * 32) for _ in range(3)] == keys


def test_what_is_told_without_a_time() -> None:
    assert told_or_received(origin(time=5))[0] == 5
    time, later = told_or_received(origin())
    assert time == NOW
    assert later.key
    assert later.key != told_or_received(origin(key="x"))[1].key
    with pytest.raises(UnreadableRecordError, match="no time"):
        told_or_received(origin(ctx=context().__class__()))


def test_an_event_carries_what_intake_knows() -> None:
    event = close(Draft(id="x", time=1, attributes={}), origin(), "p", "c", "s")
    assert (event.source, event.received, event.raw_digest) == ("gateway", NOW, "ab" * 32)
    assert event.trust is SourceTrust.ATTACKER_WRITABLE
    assert (event.logsource.product, event.logsource.category, event.logsource.service) == ("p", "c", "s")
