from __future__ import annotations

import orjson
import pytest

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.logs import draft
from tests.intake.requests import SPAN, START, TRACE, pairs


def drafted(**record: object) -> Draft:
    return draft(record, "r", {"service.name": "svc"}, Context())


def test_a_log_record() -> None:
    found = drafted(
        timeUnixNano=str(START),
        observedTimeUnixNano=START + 1,
        traceId=TRACE,
        spanId=SPAN,
        severityText="WARN",
        severityNumber=13,
        body={"stringValue": "hello"},
        attributes=pairs(a=1),
    )
    assert (found.time, found.observed_time) == (START, START + 1)
    assert (found.trace_id, found.span_id, found.parent_span_id) == (TRACE, None, SPAN)
    assert found.attributes == {
        "service.name": "svc",
        "a": 1,
        "otel.log.body": "hello",
        "otel.log.severity_text": "WARN",
        "otel.log.severity_number": 13,
    }


def test_time_falls_back_to_observed_time() -> None:
    assert drafted(observedTimeUnixNano=START, timeUnixNano="0").time == START


def test_same_content_same_id() -> None:
    one, other = drafted(body={"stringValue": "a"}), drafted(body={"stringValue": "b"})
    assert one.id == drafted(body={"stringValue": "a"}).id
    assert one.id != other.id
    assert draft({"body": {"stringValue": "a"}}, "r", {"host.name": "h"}, Context()).id != one.id


def test_message_logs_become_messages() -> None:
    body = {"kvlistValue": {"values": pairs(content="hi", role="user")}}
    found = drafted(eventName="gen_ai.user.message", body=body).attributes
    assert orjson.loads(str(found["gen_ai.input.messages"]))[0]["parts"] == [
        {"type": "text", "content": "hi"}
    ]
    assert orjson.loads(str(found["otel.log.body"])) == {"content": "hi", "role": "user"}
    older = drafted(attributes=pairs(event_name="gen_ai.user.message"), body={"stringValue": "hi"}).attributes
    assert older["gen_ai.input.messages"] == found["gen_ai.input.messages"]


def test_wrong_fields_are_named() -> None:
    with pytest.raises(UnreadableRecordError, match=r"r\.timeUnixNano"):
        drafted(timeUnixNano="soon")
