from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.responders.errors import TargetFileError
from pullcord.responders.flagd_file import (
    definition,
    is_off,
    overridden,
    problem,
    same,
    served,
    switched_off,
    with_definition,
)
from tests.responders.flagged import FLAGS, ruled

ON = definition(FLAGS, "agent")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FLAG = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["ENABLED", "DISABLED"]),
        "variants": st.just({"on": True, "off": False}),
        "defaultVariant": st.sampled_from(["on", "off"]),
    },
    optional={"targeting": VALUES, "metadata": VALUES},
)


def test_only_the_definition_of_the_flag_changes() -> None:
    changed = with_definition(FLAGS, "agent", switched_off(ON, "off"))
    start, end = FLAGS.index(ON), FLAGS.index(ON) + len(ON)
    assert changed.startswith(FLAGS[:start])
    assert changed.endswith(FLAGS[end:])
    before, after = json.loads(FLAGS), json.loads(changed)
    before["flags"]["agent"]["defaultVariant"] = "off"
    assert after == before
    assert with_definition(changed, "agent", ON) == FLAGS


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), FLAG, FLAG, st.none() | st.integers(0, 4))
def test_every_other_value_stays(
    top: dict[str, object], flag: dict[str, object], other: dict[str, object], indent: int | None
) -> None:
    whole = top | {"flags": {"before": other, "twin": flag, "agent": flag, "after": other}}
    data = json.dumps(whole, indent=indent).encode()
    raw = definition(data, "agent")
    off = switched_off(raw, "off")
    changed = with_definition(data, "agent", off)
    assert is_off(definition(changed, "agent"), "off")
    assert served(changed, "agent") is False
    found = json.loads(changed)
    assert json.loads(off) == found["flags"].pop("agent")
    whole["flags"].pop("agent")  # type: ignore[attr-defined]
    assert found == whole
    assert json.loads(with_definition(changed, "agent", raw)) == json.loads(data)


def test_the_last_of_two_keys_counts_as_it_does_for_clients() -> None:
    data = b'{"flags": {"agent": {"state": "ENABLED"}, "agent": %s}}' % ON
    changed = with_definition(data, "agent", switched_off(ON, "off"))
    assert definition(data, "agent") == ON
    assert served(changed, "agent") is False


@pytest.mark.parametrize(
    ("data", "extra"),
    [
        (FLAGS, []),
        (ruled({}), []),
        (ruled(None), []),
        (ruled({"if": [True, "on"]}), ["targeting rules"]),
        (ruled({}, "DISABLED"), ["state DISABLED"]),
        (ruled({"if": [True, "on"]}, "DISABLED"), ["targeting rules", "state DISABLED"]),
    ],
)
def test_rules_and_a_disabled_state_are_overridden_and_named(data: bytes, extra: list[str]) -> None:
    raw = definition(data, "agent")
    assert overridden(raw) == extra
    off = switched_off(raw, "off")
    assert is_off(off, "off")
    assert not overridden(off)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "DISABLED"},
        {"targeting": {"if": [True, "on"]}},
        {"defaultVariant": "on"},
        {"defaultVariant": None},
        {"variants": {"on": True, "off": True}},
        {"variants": {"on": True}},
    ],
)
def test_off_means_off_for_everybody(change: dict[str, object]) -> None:
    off = json.loads(switched_off(ON, "off"))
    assert is_off(json.dumps(off).encode(), "off")
    assert not is_off(json.dumps(off | change).encode(), "off")


def test_a_variant_that_is_missing_or_true_switches_nothing_off() -> None:
    assert problem(ON, "off") == ""
    assert "no variant" in problem(ON, "baseline")
    assert "is true" in problem(ON, "on")


def test_a_client_is_served_nothing_where_it_depends() -> None:
    assert served(FLAGS, "agent") is True
    assert served(ruled({"if": [True, "on"]}), "agent") is None
    assert served(ruled({}, "DISABLED"), "agent") is None
    for broken in (b"", b"[]", b'{"flags": []}', b'{"flags": {"agent": 1}}', b"[" * 100_000):
        with pytest.raises(TargetFileError):
            served(broken, "agent")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"flags": []}',
        b'{"flags": {}}',
        b'{"flags": {"agent": []}}',
        b'{"flags": {"agent": {"x": NaN}}}',
        b'{"flags": ' + b"[" * 100_000,
        b'{"flags": {"agent": {"note": "' + b"x" * 70_000 + b'"}}}',
    ],
)
def test_a_file_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(TargetFileError):
        definition(data, "agent")


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(TargetFileError):
        definition(data, "agent")


def test_layout_is_no_difference_but_types_are() -> None:
    assert same(b'{"a": 1, "b": [2]}', b'{"b":[2],"a":1}')
    assert not same(b'{"a": 1}', b'{"a": true}')
    assert not same(b"", b"")
