from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.content import walk
from pullcord.detection.anomaly.declaration import Declaration
from pullcord.detection.anomaly.errors import AnomalyError
from pullcord.detection.anomaly.load import MOST_BYTES, load_anomalies
from tests.detection.anomaly.build import declare

SHIPPED = [data.decode() for _, data in walk("anomalies", ".yaml")]


def yaml_of(declaration: Declaration) -> bytes:
    return msgspec.yaml.encode(declaration)


def problem(data: bytes) -> str:
    found = load_anomalies([("a.yaml", data)])
    assert found.declarations == ()
    (one,) = found.problems
    assert one.path == "a.yaml"
    return str(one.error)


def test_a_declaration_comes_back_as_it_was_written() -> None:
    declaration = declare(window={"time": "5m"}, parameters={"memory": 100.0})
    found = load_anomalies([("a.yaml", yaml_of(declaration))])
    assert found.problems == ()
    assert found.declarations == (declaration,)


def test_a_broken_file_stops_no_other() -> None:
    found = load_anomalies([("a.yaml", b"{"), ("b.yaml", yaml_of(declare()))])
    assert [d.id for d in found.declarations] == ["made-up"]
    assert [p.path for p in found.problems] == ["a.yaml"]


def test_the_same_id_twice_names_the_second_file() -> None:
    found = load_anomalies([("a.yaml", yaml_of(declare())), ("b.yaml", yaml_of(declare()))])
    assert len(found.declarations) == 1
    assert "b.yaml: the id made-up is taken" in str(found.problems[0].error)


def test_errors_name_place_and_cure() -> None:
    text = yaml_of(declare()).decode()
    assert "PC-1041: a.yaml: Object contains unknown field `extra`" in problem(f"{text}extra: 1\n".encode())
    assert "`$.false_rate`" in problem(text.replace("0.01", "often").encode())
    assert "missing required field" in problem(b"schema: pullcord.anomaly/1\n")
    assert "the limit is" in problem(b"#" * (MOST_BYTES + 1))
    assert problem(b"")
    assert problem(b"[" * 20_000)
    assert problem(b"\xff\xfe\x00")
    assert problem(b"2026-99-99")


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_foreign_bytes_never_raise(data: bytes) -> None:
    found = load_anomalies([("a.yaml", data)])
    assert len(found.declarations) + len(found.problems) == 1


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SHIPPED), st.integers(0, 2**32))
def test_mutated_declarations_never_raise(text: str, seed: int) -> None:
    draw = random.Random(seed)
    lines = text.splitlines()
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(lines))
        key, _, value = lines[at].partition(":")
        lines[at] = draw.choice(
            [
                f"{key}: {draw.choice(['null', '-1', '1e400', '.nan', '[]', '{}', '!!python/object:x', '*a', '99'])}",
                f"{value}: {key}",
                lines[draw.randrange(len(lines))],
                lines[at][: draw.randrange(len(lines[at]) + 1)],
            ]
        )
    found = load_anomalies([("a.yaml", "\n".join(lines).encode())])
    assert len(found.declarations) + len(found.problems) == 1
    assert all(isinstance(one.error, AnomalyError) for one in found.problems)
