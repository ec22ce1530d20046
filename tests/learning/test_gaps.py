from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pullcord.learning.gaps import Gap, gaps
from pullcord.learning.record import Record
from pullcord.model.finding import FindingKind
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from tests.records import record
from tests.scenes import NO_PLANT, injected


def found(given: dict[str, Any]) -> dict[str, Gap]:
    return {gap.topic: gap for gap in gaps(Record(**given))}


@pytest.mark.parametrize("status", [ReceiptStatus.IN_DOUBT, ReceiptStatus.ABORTED])
def test_actions_that_did_not_end_well_are_named(status: ReceiptStatus) -> None:
    given = record()
    given["receipts"][2] = msgspec.structs.replace(given["receipts"][2], status=status)
    assert found(given)[f"actions_{status.value}"].evidence == (given["receipts"][2].action_id,)


def test_a_refuted_verification_is_worse_than_none_and_is_named() -> None:
    given = record()
    given["verifications"]["k3"] = msgspec.structs.replace(
        given["verifications"]["k3"], result=VerificationResult.REFUTED
    )
    assert "block_destination on drop.example" in found(given)["verification_refuted"].text


def test_that_nobody_could_look_at_a_simulation_is_no_gap_and_a_refuted_one_is() -> None:
    given = record()
    given["receipts"] = [msgspec.structs.replace(one, simulated=True) for one in given["receipts"]]
    for result, named in ((VerificationResult.UNKNOWN, False), (VerificationResult.REFUTED, True)):
        given["verifications"]["k3"] = msgspec.structs.replace(given["verifications"]["k3"], result=result)
        assert (f"verification_{result.value}" in found(given)) is named


def test_hearsay_alone_is_a_gap() -> None:
    given = record()
    given["findings"] = [msgspec.structs.replace(one, kind=FindingKind.TEXT) for one in injected()]
    assert "hearsay_only" in found(given)


def test_each_refusal_is_named_once() -> None:
    given = record("press-health")
    given["plans"] *= 2
    texts = [gap.text for gap in gaps(Record(**given)) if gap.topic == "not_possible"]
    assert len(texts) == len(set(texts))


def test_a_stranger_is_to_be_registered() -> None:
    assert found(record("stranger", NO_PLANT))["unregistered"].change.startswith("Register stranger")


def test_each_gap_has_an_identity_of_its_own() -> None:
    every = list(gaps(Record(**record("press-health"))))
    assert len({(gap.topic, gap.about) for gap in every}) == len(every)
