from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.yaml_tree import MAX_BYTES, MAX_DEPTH, TreeError, load

BOMB = b"a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n".encode() for n in range(8)
)


def test_values_are_plain_and_know_their_place() -> None:
    tree = load(b"\xef\xbb\xbfa: [1, 2.5, true, null, x, '7']\nb:\n  c: 2026-01-31\n")
    assert tree.value == {"a": [1, 2.5, True, None, "x", "7"], "b": {"c": "2026-01-31"}}
    assert tree.place("$.a[1]") == (1, 8)
    assert tree.place("$.b.c") == (3, 6)
    assert tree.places["$!b"] == (2, 1)
    assert tree.place("$.b.missing[3]") == (3, 3)
    assert tree.place("$") == (1, 1)


def test_aliases_are_written_out() -> None:
    assert load(b"a: &x [1]\nb: *x").value == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("data", "place", "cause"),
    [
        (b"a: 1\n\xff", (2, 1), "UTF-8"),
        (b"a: 1\na: 2", (2, 1), "twice"),
        (b"a:\n  <<: {b: 1}", (2, 3), "plain text"),
        (b"? [1]\n: 2", (1, 3), "plain text"),
        (b"a: !!python/object:os.system x", (1, 4), "tag"),
        (b"a: !x [1]", (1, 4), "tag"),
        (b"a: 0x1f", (1, 4), "number"),
        (b"a: .inf", (1, 4), "number"),
        (b"a: [1", (1, 6), "expected"),
        (b"a: 1\n---\nb: 2", (2, 1), "document"),
        (b"a: &x 1\nb: &x 2", (2, 4), "anchor"),
        (b"a: &x [*x]", (1, 4), "itself"),
        (b"[" * 5000, (1, MAX_DEPTH + 1), "deeper"),
        (b"a: " + b"9" * 100_000, (1, 4), "number"),
    ],
)
def test_anything_else_is_an_error_with_its_place(data: bytes, place: tuple[int, int], cause: str) -> None:
    with pytest.raises(TreeError, match=cause) as caught:
        load(data)
    assert caught.value.place == place
    assert caught.value.cure


def test_bombs_are_bounded() -> None:
    with pytest.raises(TreeError, match="aliases are written out"):
        load(BOMB)
    with pytest.raises(TreeError, match="limit"):
        load(b"#" * (MAX_BYTES + 1))
    with pytest.raises(TreeError, match="aliases"):
        load(b"a: &x 1\nb: [" + b"*x, " * 2_000 + b"1]")


plain: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(st.characters(codec="ascii"), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_json_is_read_as_it_is(value: Any) -> None:  # noqa: ANN401  (any YAML value)
    import json

    assert load(json.dumps({"v": value}).encode()).value == {"v": value}


def read(data: bytes) -> str:
    """What became of a text: read, or the cause and cure of the one error."""
    try:
        tree = load(data)
    except TreeError as error:
        return f"{error.cause}; {error.cure}"
    return "read" if "$" in tree.places or tree.value is None else "lost"


@given(st.one_of(st.binary(max_size=80), st.text("a:-[]{}&*!<|>?'\"# \n\t%,", max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_give_the_one_error(data: bytes) -> None:
    assert read(data) not in {"lost", "; "}
