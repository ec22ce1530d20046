from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake import sparkplug_state
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.listening import Tally
from pullcord.intake.sparkplug_state import COUNTED, Reading, SparkplugState
from tests.intake.sparkplug_bytes import metric, payload

BIRTH = payload(metric("Temp", 20.5, 1), metric("Count", 4, 2, datatype=3), seq=0)


def state() -> tuple[SparkplugState, Tally]:
    tally = Tally(COUNTED)
    return SparkplugState(tally), tally


def values(found: list[Reading]) -> list[tuple[str, object]]:
    return [(one.tag, one.value) for one in found]


def test_aliases_are_named_by_the_birth() -> None:
    node, tally = state()
    birth = node.readings("spBv1.0/north/NBIRTH/edge", BIRTH)
    assert {one.operation for one in birth} == {"birth"}
    data = payload(metric("", 21.5, 1, datatype=0), metric("", -3, 2, datatype=0), seq=1)
    found = node.readings("spBv1.0/north/NDATA/edge", data)
    assert values(found) == [("north/edge/Temp", 21.5), ("north/edge/Count", -3)]
    assert found[0].operation == "read"
    unknown = node.readings("spBv1.0/north/NDATA/edge", payload(metric("", 1, 99), seq=2))
    assert values(unknown) == [("north/edge/alias 99", 1)]
    assert (tally["births"], tally["unknown_aliases"], tally["sequence_gaps"]) == (1, 1, 0)


def test_devices_share_the_sequence_and_the_aliases_of_their_node() -> None:
    node, tally = state()
    node.readings("spBv1.0/g/NBIRTH/e", BIRTH)
    node.readings("spBv1.0/g/DBIRTH/e/press", payload(metric("Force", 1.0, 7), seq=1))
    (found,) = node.readings("spBv1.0/g/DDATA/e/press", payload(metric("", 2.0, 7), seq=2))
    assert (found.tag, found.device, found.gap) == ("g/e/press/Force", "press", False)
    (late,) = node.readings("spBv1.0/g/DDATA/e/press", payload(metric("", 3.0, 7), seq=5))
    assert late.gap
    assert tally["sequence_gaps"] == 1
    node.forget_sequences()
    assert not node.readings("spBv1.0/g/DDATA/e/press", payload(metric("", 3.0, 7), seq=99))[0].gap


def test_the_sequence_begins_anew_after_255() -> None:
    node, tally = state()
    node.readings("spBv1.0/g/NDATA/e", payload(seq=255))
    node.readings("spBv1.0/g/NDATA/e", payload(seq=0))
    assert tally["sequence_gaps"] == 0


def test_deaths_and_commands() -> None:
    node, tally = state()
    node.readings("spBv1.0/g/NBIRTH/e", BIRTH)
    (death,) = node.readings("spBv1.0/g/NDEATH/e", payload(metric("bdSeq", 0)))
    assert (death.operation, death.tag, death.quality) == ("death", "g/e", "bad")
    (command,) = node.readings("spBv1.0/g/DCMD/e/press", payload(metric("Setpoint", 9.5)))
    assert (command.operation, command.tag, command.value) == ("write", "g/e/press/Setpoint", 9.5)
    assert node.readings("spBv1.0/STATE/scada", b"{}") == []
    assert node.readings("other/topic", b"x") == []
    assert tally["deaths"] == 1


def test_qualities() -> None:
    node, _ = state()
    pieces = [
        metric("a", 1, quality=500),
        metric("b", 1, quality=7),
        metric("c", 1, flags=(7,)),
        metric("d", 1),
    ]
    found = node.readings("spBv1.0/g/NDATA/e", payload(*pieces))
    assert [one.quality for one in found] == ["stale", "7", "bad", "good"]


def test_nodes_are_bounded() -> None:
    node, tally = state()
    for number in range(1_100):
        node.readings(f"spBv1.0/g/NBIRTH/e{number}", BIRTH)
    assert (tally["nodes"], tally["evicted"]) == (1_024, 76)


def test_names_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparkplug_state, "_MOST_NAMES", 10)
    monkeypatch.setattr(sparkplug_state, "_MOST_ALL", 25)
    node, tally = state()
    many = payload(*(metric(f"m{number}", 1, number) for number in range(20)), seq=0)
    for name in ("a", "b", "a", "c"):
        assert len(node.readings(f"spBv1.0/g/NBIRTH/{name}", many)) == 20
    assert list(node._nodes) == [("g", "a"), ("g", "c")]
    assert node._held == sum(one.size() for one in node._nodes.values()) <= 25
    assert tally["evicted"] == 4 * 15 + 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["NBIRTH/e", "NDATA/e", "DDATA/e/d", "NDEATH/e", "X/e"]), st.binary(max_size=60)
        )
    )
)
def test_any_messages(messages: list[tuple[str, bytes]]) -> None:
    node, _ = state()
    for where, raw in messages:
        try:
            found = node.readings(f"spBv1.0/g/{where}", raw)
        except UnreadableRecordError:
            continue
        assert all(one.group == "g" for one in found)
