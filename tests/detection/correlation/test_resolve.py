from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from pullcord.detection.correlation.compile import Base
from pullcord.detection.correlation.resolve import DEEPEST, Names, Pending, resolve
from pullcord.detection.errors import RuleError


def base(rule_id: str) -> Base:
    return Base(rule_id, rule_id, frozenset({rule_id}), text=False, techniques=(), incident_type=None)


def pending(rule_id: str, *references: str) -> Pending:
    def finish(bases: Sequence[Base]) -> Base:
        assert len(bases) == len(references)
        return base(rule_id)

    return Pending(rule_id, None, references, finish)


def resolved(*each: Pending, failed: dict[str, str] | None = None) -> tuple[list[int], dict[int, str]]:
    names = Names()
    for rule_id in ["a", "b", *(failed or {}), *(one.rule_id for one in each)]:
        names.add(rule_id, f"name-{rule_id}")
    done, errors = resolve(each, names, {"a": base("a"), "b": base("b")}, failed or {})
    return done, {place: str(error) for place, error in errors.items()}


def test_bases_come_first() -> None:
    done, errors = resolved(pending("x", "y", "a"), pending("y", "name-b"), pending("z", "x", "y"))
    assert sorted(done) == [0, 1, 2]
    assert done.index(1) < done.index(0) < done.index(2)
    assert not errors


def test_circles_unknown_and_failed_rules_are_named() -> None:
    done, errors = resolved(
        pending("x", "y"),
        pending("y", "x"),
        pending("u", "nobody"),
        pending("v", "broken"),
        pending("w", "u"),
        pending("s", "s"),
        pending("t", "a", "name-a"),
        failed={"broken": "PC-1001: it is broken"},
    )
    assert not done
    assert "rests on itself, through y" in errors[0]
    assert "rests on itself, through x" in errors[1]
    assert "no rule 'nobody'" in errors[2]
    assert "its rule broken failed (PC-1001: it is broken)" in errors[3]
    assert "its rule u failed" in errors[4]
    assert "nobody" in errors[4]
    assert "through s" in errors[5]
    assert "same rule twice" in errors[6]


def test_chains_are_bounded() -> None:
    chain = [pending("c0", "a")] + [pending(f"c{at}", f"c{at - 1}") for at in range(1, DEEPEST + 3)]
    done, errors = resolved(*chain)
    assert len(done) == DEEPEST
    assert "deep" in errors[DEEPEST]
    assert f"its rule c{DEEPEST} failed" in errors[DEEPEST + 1]


def test_long_chains_take_linear_time() -> None:
    chain = [pending(f"c{at}", f"c{at + 1}") for at in range(20_000)]
    start = time.process_time()
    done, errors = resolved(*chain, pending("c20000", "a"))
    assert time.process_time() - start < 10
    assert len(done) == DEEPEST
    assert len(errors) == 20_001 - DEEPEST


def test_names_must_be_clear() -> None:
    names = Names()
    names.add("0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001", "login")
    names.add("two", "login")
    names.add("two", "other")
    assert names.find("0C1AE2A3-8B8E-4D0B-9F0D-4A3C1C3A0001").startswith("0c1a")
    assert names.find("other") == "two"
    with pytest.raises(RuleError, match="2 rules have the name 'login'"):
        names.find("login")
