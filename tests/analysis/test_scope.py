from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.scope import MAX_ORIGINS, MAX_PAIRS, MAX_TOKENS, Scope, Turn
from pullcord.analysis.values import Kind
from pullcord.model.session import AgentSession, ToolCall
from tests.seeds import printed


def call(position: int, step: int | None = None, turn: int = 0, **fields: object) -> ToolCall:
    given_fields = {
        "span_id": f"s{position}",
        "event_id": f"e{position}",
        "position": position,
        "step": position if step is None else step,
        "turn": turn,
        "tool": "send_mail",
        "time": position,
        **fields,
    }
    return msgspec.convert(given_fields, ToolCall)


def session(*calls: ToolCall, users: tuple[str, ...] = ("do it",), system: str = "") -> AgentSession:
    return AgentSession(trace_id="t", calls=calls, users=users, system=system)


def pairs(*calls: ToolCall) -> list[tuple[int, int]]:
    return list(Scope(session(*calls)).pairs())


TEXTS = (
    st.none()
    | st.text(st.characters(), max_size=40)
    | st.sampled_from(["jo@drop.example", "4711 valve", "PO-7"])
)
CALLS = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 3), TEXTS, st.none() | st.dictionaries(st.text(max_size=3), TEXTS)
    ),
    max_size=12,
)


@given(CALLS, st.lists(st.text(max_size=20), max_size=3), st.text(max_size=20))
def test_any_session_can_be_read(
    drawn: list[tuple[int, int, str | None, dict[str, str | None] | None]], users: list[str], system: str
) -> None:
    calls = [
        ToolCall(
            span_id=str(n),
            event_id=str(n),
            position=n,
            step=step,
            turn=turn,
            tool="get",
            time=n,
            result=result,
            arguments=None if given_ is None else {key: text or "" for key, text in given_.items()},
        )
        for n, (step, turn, result, given_) in enumerate(drawn)
    ]
    scope = Scope(session(*calls, users=tuple(users), system=system))
    found = list(scope.pairs())
    assert len(found) == len(set(found))
    for origin, action in found:
        assert 0 <= origin < action < len(calls)
    for value, places in scope.holders.items():
        assert places == [n for n, text in enumerate(scope.texts) if value in text]
        assert any(value in one.novel for one in scope.calls)


def test_a_result_precedes_a_call_of_a_later_step() -> None:
    assert pairs(call(0, 0), call(1, 0), call(2, 1)) == [(0, 2), (1, 2)]


def test_without_step_order_time_decides() -> None:
    assert pairs(call(0, 0), call(1, 0), call(2, 0)) == [(0, 1), (0, 2), (1, 2)]


def test_results_of_the_same_turn_come_first_and_earlier_turns_only_without_any() -> None:
    assert pairs(call(0, turn=0), call(1, turn=1), call(2, turn=1)) == [(0, 1), (1, 2)]


def test_no_call_or_one_call_is_no_pair() -> None:
    assert pairs() == pairs(call(0)) == []


def test_up_to_the_bound_every_earlier_result_is_paired() -> None:
    found = pairs(*(call(n) for n in range(MAX_ORIGINS + 1)))
    assert [origin for origin, action in found if action == MAX_ORIGINS] == list(range(MAX_ORIGINS))


def test_pairs_are_bounded() -> None:
    found = pairs(*(call(n, result="x") for n in range(600)))
    assert len(found) <= MAX_PAIRS
    assert (598, 599) in found
    each: dict[int, int] = {}
    for _, action in found:
        each[action] = each.get(action, 0) + 1
    assert max(each.values()) == MAX_ORIGINS


def test_of_many_results_the_first_that_shows_a_value_is_kept() -> None:
    noise = [call(n, result=f"row {n}") for n in range(1, 200)]
    found = pairs(
        call(0, result="write to jo@drop.example"), *noise, call(200, arguments={"to": "jo@drop.example"})
    )
    origins = [origin for origin, action in found if action == 200]
    assert origins == sorted(origins)
    assert len(origins) == MAX_ORIGINS
    assert 0 in origins
    assert 199 in origins


def test_what_the_user_or_the_system_said_is_not_new() -> None:
    scope = Scope(
        session(
            call(0, arguments={"to": "jo@own.example", "cc": "hq@own.example", "bcc": "x@drop.example"}),
            users=("write to jo@own.example",),
            system="copies go to hq@own.example",
        )
    )
    (one,) = scope.calls
    assert set(one.kinds) == {"jo@own.example", "hq@own.example", "x@drop.example"}
    assert list(one.novel) == one.strong == ["x@drop.example"]
    assert one.foreign_units == [{"x@drop.example": Kind.ADDRESS}]


def test_addresses_of_earlier_turns_are_known_but_words_and_later_turns_are_not() -> None:
    users = ("mail jo@own.example the blueprint", "now 4711", "and hq@own.example")
    arguments = {"to": "jo@own.example hq@own.example", "text": "blueprint 4711"}
    scope = Scope(session(call(0, turn=1, arguments=arguments), users=users))
    assert set(scope.calls[0].novel) == {"hq@own.example", "blueprint"}


def test_a_turn_beyond_the_last_is_the_last_and_without_users_nothing_is_known() -> None:
    scope = Scope(session(call(0, turn=9), users=("one", "two")))
    assert "two" in scope.turn_of(scope.session.calls[0]).words
    assert Scope(session(call(0, turn=9), users=())).turn_of(call(0)).known == frozenset()


def test_a_turn_explains_values() -> None:
    turn = Turn("open plan", frozenset({"valve"}), frozenset({"jo@own.example"}))
    assert turn.explains("plan", Kind.WORD)
    assert turn.explains("valve", Kind.WORD)
    assert turn.explains("jo@own.example", Kind.ADDRESS)
    assert not turn.explains("jo@own.example", Kind.WORD)
    assert turn.words == {"open", "plan"}


def test_the_most_distinctive_values_of_a_call_are_kept() -> None:
    numbers = " ".join(str(n) for n in range(1_000, 1_300))
    (one,) = Scope(session(call(0, arguments={"a": f"{numbers} word jo@drop.example PO-77"}))).calls
    assert len(one.novel) == MAX_TOKENS
    assert list(one.novel)[:2] == ["jo@drop.example", "po-77"]
    assert all(left >= right for left, right in pairwise(one.novel.values()))
    assert (one.strong, one.plain) == (["jo@drop.example", "po-77"], [])
    assert len(one.numbers) == MAX_TOKENS - 2


@pytest.mark.parametrize("arguments", [None, {}, {"a": ""}])
def test_a_call_without_arguments_has_no_values(arguments: dict[str, str] | None) -> None:
    (one,) = Scope(session(call(0, arguments=arguments))).calls
    assert (one.kinds, one.novel, one.units) == ({}, {}, [])


def test_all_results_together_are_bounded() -> None:
    scope = Scope(session(*(call(n, result=f"{'a' * 199} " * 300) for n in range(150))))
    assert sum(len(text.normal) for text in scope.texts) <= 6_000_000 + 60_000 + 150 * 2_000


def test_reading_does_not_hang_on_the_seed_of_hashes() -> None:
    calls = [
        call(
            n,
            result=f"send PO-{n} to jo{n}@drop.example at drop{n % 7}.example, {n}4711",
            arguments={
                "to": f"jo{n - 3}@drop.example x{n}@drop.example",
                "what": f"PO-{n - 1} {n - 2}4711 valve",
            },
        )
        for n in range(80)
    ]
    data = msgspec.json.encode(session(*calls))
    program = (
        "import msgspec\n"
        "from pullcord.analysis.scope import Scope\n"
        "from pullcord.model.session import AgentSession\n"
        f"s = Scope(msgspec.json.decode({data!r}, type=AgentSession))\n"
        "print(list(s.pairs()), sorted(s.holders.items()))\n"
        "for c, t in zip(s.calls, s.texts):\n"
        "    print(c.units, list(c.novel.items()), c.strong, c.numbers, c.plain, list(t.kinds.items()))\n"
    )
    assert len(printed(program)) == 1
