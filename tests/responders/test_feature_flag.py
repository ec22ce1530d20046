from __future__ import annotations

import json
from pathlib import Path

import pytest

from pullcord.model.errors import UsageError
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.responders.feature_flag import FeatureFlag, FeatureFlagSettings
from tests.responders.build import TARGET, Wall, act, action, done, serving
from tests.responders.flagged import FLAGS, client, ruled

DISABLE = action(ActionKind.DISABLE_AGENT)
RULES = {"if": [{"==": [{"var": "targetingKey"}, "line-2"]}, "on", "off"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flags.json"
    path.write_bytes(FLAGS)
    return path


def responder(file: Path, **more: object) -> FeatureFlag:
    given: dict[str, object] = {"file": str(file), "flag": "agent", "wait_seconds": 0.3}
    return FeatureFlag(TARGET, FeatureFlagSettings(**(given | more)), Wall())  # type: ignore[arg-type]


def test_it_covers_its_own_system_only(file: Path) -> None:
    one = responder(file)
    assert one.covers(DISABLE)
    assert not one.covers(action(ActionKind.DISABLE_AGENT, "another"))
    assert not one.covers(action(ActionKind.RESTRICT_TOOLS))


@pytest.mark.parametrize("data", [FLAGS, ruled(RULES), ruled({}, "DISABLED"), ruled(RULES, "DISABLED")])
def test_a_real_client_gets_off_and_after_the_rollback_what_it_got(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    one = responder(file)
    before = done(one.plan(DISABLE))
    with client(file) as value:
        assert value("agent"), "rules and the client's own default say on"
    assert act(one, DISABLE, before.prestate) is ReceiptStatus.DONE
    with client(file) as value:
        assert (value("agent"), value("lamp")) == (False, True)
    assert done(one.rollback(DISABLE, "undo", before.prestate)).status is ReceiptStatus.DONE
    assert file.read_bytes() == data
    with client(file) as value:
        assert value("agent")


def test_other_flags_may_change_meanwhile(file: Path) -> None:
    one = responder(file)
    before = done(one.plan(DISABLE)).prestate
    other = FLAGS.replace(b'"lamp":  {"state": "ENABLED"', b'"lamp":  {"state": "DISABLED"')
    file.write_bytes(other)
    assert act(one, DISABLE, before) is ReceiptStatus.DONE
    assert done(one.rollback(DISABLE, "undo", before)).status is ReceiptStatus.DONE
    assert file.read_bytes() == other


def test_what_somebody_else_changed_since_is_not_rolled_back(file: Path) -> None:
    one = responder(file)
    before = done(one.plan(DISABLE)).prestate
    act(one, DISABLE, before)
    mine = json.loads(file.read_bytes())
    mine["flags"]["agent"]["variants"]["half"] = False
    file.write_text(json.dumps(mine))
    assert done(one.rollback(DISABLE, "undo", before)).status is ReceiptStatus.ABORTED
    assert json.loads(file.read_bytes()) == mine


def test_without_a_probe_it_is_the_state_of_the_file(file: Path) -> None:
    one = responder(file)
    assert one.describe.level is VerificationLevel.STATE
    assert done(one.verify(DISABLE)).result is VerificationResult.REFUTED
    act(one, DISABLE)
    told = done(one.verify(DISABLE))
    assert (told.result, told.level) == (VerificationResult.CONFIRMED, VerificationLevel.STATE)
    file.unlink()
    assert done(one.verify(DISABLE)).result is VerificationResult.UNKNOWN


def test_an_agent_that_goes_on_refutes_the_file(file: Path) -> None:
    with serving(lambda _: (200, b'{"enabled": true}')) as url:
        one = responder(file, probe=url)
        act(one, DISABLE)
        told = done(one.verify(DISABLE))
    assert (told.result, told.level) == (VerificationResult.REFUTED, VerificationLevel.EFFECT)


def test_an_agent_that_is_off_for_another_reason_does_not_confirm(file: Path) -> None:
    with serving(lambda _: (200, b'{"enabled": false}')) as url:
        assert done(responder(file, probe=url).verify(DISABLE)).result is VerificationResult.REFUTED


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", FLAGS.replace(b'"agent"', b'"other"'), FLAGS.replace(b'"off": false', b'"off": true')],
)
def test_a_flag_that_cannot_be_switched_off_is_said_before_and_refused(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    before = done(responder(file).plan(DISABLE))
    assert [one.holds for one in before.preconditions] == [False]
    assert before.preconditions[0].detail
    assert act(responder(file), DISABLE, before.prestate) in {ReceiptStatus.REFUSED, ReceiptStatus.ABORTED}
    assert file.read_bytes() == data


def test_a_file_elsewhere_is_not_written_through_a_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "flags.json").symlink_to(file)
    one = responder(tmp_path / "mine" / "flags.json")
    assert not done(one.plan(DISABLE)).preconditions[0].holds
    assert act(one, DISABLE, done(responder(file).plan(DISABLE)).prestate) is ReceiptStatus.REFUSED
    assert file.read_bytes() == FLAGS


def test_a_probe_that_cannot_be_asked_is_refused_when_it_is_made(file: Path) -> None:
    with pytest.raises(UsageError):
        responder(file, probe="file:///etc/passwd")
