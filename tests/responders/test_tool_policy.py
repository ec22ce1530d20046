from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pullcord.model.outcome import ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.responders.denial_file import Denial, parse, write
from pullcord.responders.tool_policy import ToolPolicy, ToolPolicySettings
from tests.responders.build import TARGET, Answer, Wall, act, action, done, serving
from tests.responders.gateway import allowed, gateway

RESTRICT = action(ActionKind.RESTRICT_TOOLS, tools=["send_mail"])
TIGHTEN = action(ActionKind.TIGHTEN_TOOL_POLICY, tools=["set_recipe"])
PLACE = "desk@stranger.example"
BLOCK = action(ActionKind.BLOCK_DESTINATION, PLACE, destinations=[PLACE], agents=["Copilot-UI"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "denials.json"
    path.write_bytes(write([]))
    return path


def responder(file: Path, **more: object) -> ToolPolicy:
    given: dict[str, object] = {
        "file": str(file),
        "agents": "copilot-ui",
        "control": "read_manual",
        "wait_seconds": 0.2,
    }
    return ToolPolicy(TARGET, ToolPolicySettings(**(given | more)), Wall())  # type: ignore[arg-type]


def told_by(file: Path, what: Action, answer: Answer) -> Verification:
    with serving(answer) as url:
        return done(responder(file, probe=url).verify(what))


@pytest.mark.parametrize(
    ("what", "covered"),
    [
        (RESTRICT, True),
        (TIGHTEN, True),
        (BLOCK, True),
        (action(ActionKind.BLOCK_DESTINATION, TARGET, destinations=["a.example"]), True),
        (action(ActionKind.BLOCK_DESTINATION, TARGET), False),
        (action(ActionKind.BLOCK_DESTINATION, "a.example", destinations=["a.example"]), False),
        (action(ActionKind.BLOCK_DESTINATION, "a.example", destinations=["a.example"], agents=["b"]), False),
        (action(ActionKind.RESTRICT_TOOLS, "another", tools=["send_mail"]), False),
        (action(ActionKind.DISABLE_AGENT), False),
    ],
)
def test_it_covers_its_own_agents(file: Path, what: Action, *, covered: bool) -> None:
    assert responder(file).covers(what) is covered


def test_the_gateway_denies_the_tool_to_the_agent_and_nothing_else(file: Path) -> None:
    one = responder(file)
    assert allowed(file, "copilot-ui", "send_mail", {})
    assert act(one, RESTRICT) is ReceiptStatus.DONE
    assert not allowed(file, "copilot-ui", "send_mail", {})
    assert not allowed(file, TARGET, "SEND_MAIL", {})
    assert allowed(file, "copilot-ui", "read_manual", {})
    assert allowed(file, "another", "send_mail", {})


def test_a_blocked_destination_is_verified_by_a_call_that_holds_it(file: Path) -> None:
    with gateway(file) as url:
        one = responder(file, probe=url)
        assert done(one.verify(BLOCK)).result is VerificationResult.REFUTED
        act(one, BLOCK)
        told = done(one.verify(BLOCK))
    assert (told.result, told.level) == (VerificationResult.CONFIRMED, VerificationLevel.EFFECT)
    assert not allowed(file, "anyone", "send_mail", {"to": PLACE})


def test_each_action_has_its_own_entry(file: Path) -> None:
    one = responder(file)
    for what in (RESTRICT, TIGHTEN, BLOCK):
        assert act(one, what) is ReceiptStatus.DONE
    assert done(one.rollback(TIGHTEN, "undo", "absent")).status is ReceiptStatus.DONE
    assert [entry.action_id for entry in parse(file.read_bytes())] == [RESTRICT.id, BLOCK.id]
    assert done(one.verify(RESTRICT)).result is VerificationResult.CONFIRMED


def test_an_entry_of_another_action_confirms_nothing(file: Path) -> None:
    act(responder(file), RESTRICT)
    other = action(ActionKind.TIGHTEN_TOOL_POLICY, tools=["send_mail"])
    assert done(responder(file).verify(other)).result is VerificationResult.REFUTED


def test_an_entry_that_somebody_weakened_is_drift_and_refutes(file: Path) -> None:
    one = responder(file)
    act(one, RESTRICT)
    weak = Denial(action_id=RESTRICT.id, kind=RESTRICT.kind, agents=("nobody",), tools=("send_mail",))
    file.write_bytes(write([weak]))
    assert done(one.verify(RESTRICT)).result is VerificationResult.REFUTED
    assert act(one, RESTRICT, "absent") is ReceiptStatus.ABORTED
    assert done(one.rollback(RESTRICT, "undo", "absent")).status is ReceiptStatus.ABORTED
    planned = done(one.plan(RESTRICT))
    assert not planned.already
    assert act(one, RESTRICT, planned.prestate) is ReceiptStatus.DONE
    assert done(one.rollback(RESTRICT, "undo", planned.prestate)).status is ReceiptStatus.DONE
    assert parse(file.read_bytes()) == (weak,)


def test_a_gateway_that_denies_everything_shows_nothing(file: Path) -> None:
    act(responder(file), RESTRICT)
    told = told_by(file, RESTRICT, lambda _: (200, b'{"allowed": false}'))
    assert (told.result, "denies everything" in told.detail) == (VerificationResult.UNKNOWN, True)


def test_a_gateway_that_does_not_read_the_file_refutes(file: Path) -> None:
    act(responder(file), RESTRICT)
    told = told_by(file, RESTRICT, lambda _: (200, b'{"allowed": true}'))
    assert (told.result, told.level) == (VerificationResult.REFUTED, VerificationLevel.EFFECT)


@pytest.mark.parametrize("answer", [(500, b""), (200, b"no"), (200, b"{}"), (200, b'{"allowed": "false"}')])
def test_an_answer_of_another_shape_is_unknown(file: Path, answer: tuple[int, bytes]) -> None:
    act(responder(file), RESTRICT)
    assert told_by(file, RESTRICT, lambda _: answer).result is VerificationResult.UNKNOWN


def test_a_control_call_that_is_denied_itself_shows_nothing(file: Path) -> None:
    act(responder(file), RESTRICT)
    act(responder(file), action(ActionKind.RESTRICT_TOOLS, tools=["read_manual"]))
    with gateway(file) as url:
        told = done(responder(file, probe=url).verify(RESTRICT))
    assert (told.result, "read_manual" in told.detail) == (VerificationResult.UNKNOWN, True)


def test_without_a_probe_it_is_what_the_file_says(file: Path) -> None:
    one = responder(file)
    assert done(one.verify(RESTRICT)).result is VerificationResult.REFUTED
    act(one, RESTRICT)
    told = done(one.verify(RESTRICT))
    assert (told.result, told.level) == (VerificationResult.CONFIRMED, VerificationLevel.POLICY)


@pytest.mark.parametrize("data", [None, b"", b"{}", json.dumps({"schema": "x", "denials": []}).encode()])
def test_a_file_that_is_missing_or_broken_is_said_before_and_not_touched(
    file: Path, data: bytes | None
) -> None:
    file.unlink() if data is None else file.write_bytes(data)
    one = responder(file)
    before = done(one.plan(RESTRICT))
    assert not all(found.holds for found in before.preconditions)
    assert act(one, RESTRICT, "absent") is ReceiptStatus.REFUSED
    assert done(one.verify(RESTRICT)).result is VerificationResult.UNKNOWN
    assert (file.read_bytes() if file.exists() else None) == data


def test_an_action_that_names_nothing_is_refused(file: Path) -> None:
    empty = action(ActionKind.RESTRICT_TOOLS)
    assert not all(found.holds for found in done(responder(file).plan(empty)).preconditions)
    assert act(responder(file), empty, "absent") is ReceiptStatus.REFUSED
    assert done(responder(file).verify(empty)).result is VerificationResult.UNKNOWN


def test_a_full_file_refuses_more(file: Path) -> None:
    full = [Denial(action_id=f"a{n}", kind=ActionKind.DISABLE_AGENT) for n in range(2_000)]
    file.write_bytes(write(full))
    assert act(responder(file), RESTRICT) is ReceiptStatus.REFUSED
    assert len(parse(file.read_bytes())) == 2_000


def test_actions_at_the_same_time_do_not_lose_each_other(file: Path) -> None:
    actions = [action(ActionKind.RESTRICT_TOOLS, tools=[f"tool {number}"]) for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda what: act(responder(file), what, "absent"), actions))
    assert told == [ReceiptStatus.DONE] * 16
    assert {entry.action_id for entry in parse(file.read_bytes())} == {what.id for what in actions}
