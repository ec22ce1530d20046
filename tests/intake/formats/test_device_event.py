from __future__ import annotations

import pytest

from pullcord.intake.context import Context, Counters, Limits
from pullcord.intake.formats.device_event import Around, Device, Names, event, event_id, level, word
from tests.intake.listeners import NOW

NAMES = Names("x", (("a", "user.name"), ("b", "user.name"), ("p", "source.port")), ("t",))
DEVICE = Device("Maker", "", "1", "e")


def test_of_two_names_the_first_counts_and_ports_are_numbers() -> None:
    made = event(
        DEVICE, {"b": "second", "a": "first", "p": "80", "t": "no time"}, NAMES, "raw", Context(), Around()
    )
    assert made.attributes["user.name"] == "first"
    assert made.attributes["source.port"] == 80
    assert made.attributes["x.b"] == "second"
    assert (made.logsource.product, made.logsource.service) == ("maker", "x")


@pytest.mark.parametrize("port", ["http", "", "9" * 20, "٣"])
def test_a_port_that_is_none_stays_text(port: str) -> None:
    made = event(DEVICE, {"p": port}, NAMES, "raw", Context(), Around())
    assert made.attributes.get("source.port", "") == port


def test_attributes_are_bounded_and_counted() -> None:
    counters = Counters()
    ctx = Context(limits=Limits(max_attributes=10, max_key=20), counters=counters)
    event(DEVICE, {f"k{number}": "v" for number in range(20)} | {"k" * 30: "v"}, NAMES, "raw", ctx, Around())
    assert counters.dropped == 15


def test_ids_go_by_the_place_if_there_is_one() -> None:
    assert event_id("x", "", "s", "d" * 64) == f"x:{'d' * 32}"
    assert event_id("x", "1", "s", "d") != event_id("x", "2", "s", "d") != event_id("x", "2", "t", "d")
    around = Around(time=NOW, key="1")
    assert event(DEVICE, {}, NAMES, "raw", Context(), around).time == NOW


def test_words_and_levels() -> None:
    assert word("  a  ") == "a"
    assert len(word("a" * 500)) == 128
    assert [level(one) for one in ("3", "5", "7", "9", "99999999", "none")] == [
        *("low", "medium", "high", "critical", None, None)
    ]
