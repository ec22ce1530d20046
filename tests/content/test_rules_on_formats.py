"""Records as other tools write them, through the real decoders, meet the rules that are meant for them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from pullcord.content import walk
from pullcord.detection.engine import Detector
from pullcord.detection.rule_tests import fresh_detectors
from pullcord.detection.rules import load_rules
from pullcord.intake.context import Context
from pullcord.intake.formats.rfc5424 import decode
from pullcord.intake.wire import BodyKind, decode_body
from pullcord.model.event import Event
from pullcord.model.times import SECOND

NOW = 1_767_254_400 * SECOND
TIME = "2026-01-01T08:00:00.1+0000"
OLLAMA = "C:\\Users\\tk\\AppData\\Local\\Programs\\Ollama\\ollama.exe"
SYSMON = {
    "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
    "EventID": 1,
    "Channel": "Microsoft-Windows-Sysmon/Operational",
    "Computer": "ENG-07",
    "TimeCreated": {"#attributes": {"SystemTime": "2026-01-01T08:00:00.1Z"}},
    "EventRecordID": 7,
}
SURICATA = {"timestamp": TIME, "flow_id": 1, "src_ip": "10.30.7.15", "dest_ip": "192.0.2.5", "proto": "TCP"}
START = 1_767_254_400.1
ZEEK = {"ts": START, "uid": "CabcD1", "id.orig_h": "10.30.7.15", "id.resp_h": "192.0.2.5"}
RULES = load_rules(walk("rules", ".yml"))
DETECTOR = Detector(RULES)


def titles(events: Sequence[Event]) -> set[str]:
    """The detection rules that match, also those that are only there for correlations."""
    return {DETECTOR.rules[number].title for hits in DETECTOR.matches(events) for number in hits.rules}


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (
            {**SURICATA, "event_type": "dns", "dns": {"type": "query", "rrname": "api.openai.com"}},
            "Public model service in a record of Suricata",
        ),
        (
            {**SURICATA, "event_type": "dns", "dns": {"version": 3, "queries": [{"rrname": "api.groq.com"}]}},
            "Public model service in a record of Suricata",
        ),
        (
            {**SURICATA, "event_type": "tls", "tls": {"sni": "api.mistral.ai"}},
            "Public model service in a record of Suricata",
        ),
        (
            {**ZEEK, "_path": "ssl", "server_name": "api.anthropic.com"},
            "Public model service in a record of Zeek",
        ),
        (
            {**ZEEK, "_path": "http", "method": "POST", "uri": "/v1/chat/completions", "status_code": 200},
            "Request for a path of model servers",
        ),
        (
            {"Event": {"System": SYSMON, "EventData": {"Image": OLLAMA, "CommandLine": "ollama.exe serve"}}},
            "Program that runs language models started on a Windows machine",
        ),
    ],
)
def test_records_of_other_tools(record: dict[str, object], title: str) -> None:
    body = json.dumps(record).encode()
    read = decode_body(BodyKind.LINES, "application/x-ndjson", "", body, Context(received=NOW))
    assert read.problems == ()
    assert titles(read.events) == {title}


@pytest.mark.parametrize(
    "line",
    [
        "<134>1 2026-01-01T08:00:00Z broker-1 mosquitto 77 - - laptop-9 0 #",
        "<30>Jan  1 08:00:00 broker-1 mosquitto[77]: 1767254400: laptop-9 1 $SYS/#",
    ],
)
def test_the_log_of_a_broker(line: str) -> None:
    assert titles([decode(line, Context(received=NOW))]) == {"MQTT client subscribed to everything"}
    assert titles([decode(line.replace("#", "line1/#"), Context(received=NOW))]) == set()


def test_a_machine_that_goes_on_is_found_once() -> None:
    records = [
        {**ZEEK, "ts": START + second, "uid": f"C{second}", "_path": "dns", "query": "api.openai.com"}
        for second in range(10)
    ]
    body = "\n".join(json.dumps(record) for record in records).encode()
    read = decode_body(BodyKind.LINES, "application/x-ndjson", "", body, Context(received=NOW + 60 * SECOND))
    found = fresh_detectors()(RULES).detect(read.events)
    assert [finding.title for finding in found] == ["Machine uses a public model service, as Zeek sees it"]
    assert "10.30.7.15" in " ".join(found[0].reasons)
