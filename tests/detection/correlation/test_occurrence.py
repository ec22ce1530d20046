from __future__ import annotations

from typing import Any

import msgspec

from pullcord.detection.correlation.entry import Pool
from pullcord.detection.correlation.occurrence import Bucket, Occurrence, Sorter, occurrence_of
from pullcord.model.event import SourceTrust
from tests.detection.correlation.scenarios import event, rule_set


def sorted_into(section: dict[str, Any], sorter: Sorter | None = None, **fields: Any) -> list[Bucket]:  # noqa: ANN401
    rules = rule_set({"one": {"rules": ["a", "b"], "timespan": "1m", **section}})
    ids = {rule.name: rule.rule_id for rule in rules.rules}
    match = occurrence_of(event(1, 1, **fields), Pool())
    found = {ids[name]: [match] for name in fields["m"]}
    return list((sorter or Sorter(Pool())).sort(rules.correlations[0], found))


COUNT: dict[str, Any] = {"type": "event_count", "condition": {"gte": 2}}


def test_case_does_not_tell_groups_apart() -> None:
    section = {**COUNT, "group-by": ["user"]}
    (one,), (other,) = (sorted_into(section, m=["a"], user=user) for user in ("Ann", "aNN"))
    assert one.key == other.key
    assert one.parts == ("Ann",)
    (one,), (other,) = (sorted_into(section, m=["a"], user=user * 50) for user in ("Ann", "aNN"))
    assert one.key == other.key
    assert len(one.parts[0]) < 64


def test_parts_cannot_be_shifted_from_one_to_the_next() -> None:
    section = {**COUNT, "group-by": ["user", "host"]}
    (one,), (other,) = (sorted_into(section, m=["a"], user=u, host=h) for u, h in (("ab", "c"), ("a", "bc")))
    assert one.key != other.key


def test_an_event_is_one_entry_in_each_group() -> None:
    aliases = {"who": {"a": "user", "b": "peer"}}
    section = {**COUNT, "group-by": ["who"], "aliases": aliases}
    (both,) = sorted_into(section, m=["a", "b"], user="ann", peer="ann")
    assert both.entry.rules == 0b11
    assert len(sorted_into(section, m=["a", "b"], user="ann", peer="bob")) == 2


def test_several_fields_are_one_value() -> None:
    section = {"type": "value_count", "condition": {"gte": 2, "field": ["v", "host"]}}
    (bucket,) = sorted_into(section, m=["a"], v="X", host="h")
    assert bucket.entry.values == ("x\0h",)
    sorter = Sorter(Pool())
    assert not sorted_into(section, sorter, m=["a"], v="X")
    assert sorter.valueless == 1


def test_long_lists_are_cut_and_counted() -> None:
    sorter = Sorter(Pool())
    section = {"type": "value_count", "condition": {"gte": 2, "field": "v"}}
    (bucket,) = sorted_into(section, sorter, m=["a"], v=list(range(20)))
    assert len(bucket.entry.values) == 8
    assert sorter.cut_values == 12


def test_an_occurrence_knows_what_the_event_says() -> None:
    made = msgspec.structs.replace(
        event(3, 3, user="ann", **{"user.name": "ann"}),
        site="s",
        asset="a" * 200,
        trust=SourceTrust.AUTHENTICATED,
    )
    match = occurrence_of(made, Pool())
    assert match.events == "e3"
    assert (match.context.site, match.context.asset) == ("s", None)
    assert match.context.entities == ("user:ann",)
    fired = Occurrence(1, "e3", None, made, match.context, {"who": "bob", "user": "bob"})
    assert (fired.value("who"), fired.value("user"), fired.value("none")) == ("bob", "ann", None)
