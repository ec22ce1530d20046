from __future__ import annotations

import orjson
import pytest

from pullcord.intake.detect_format import Format
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.payload import UNDECODED, from_json, kind_of, read, with_attributes
from pullcord.intake.formats.sourcetypes import NOTHING, Text, by_sourcetype
from pullcord.model.event import Event
from tests.intake.formats.helpers import EIGHT, NOW, origin
from tests.intake.formats.samples import OKTA, SURICATA_FLOW, SYSMON
from tests.intake.formats.test_windows_text import EVENT as WINDOWS_TEXT
from tests.intake.formats.test_windows_xml import EVENT as WINDOWS_XML
from tests.intake.requests import logs

NATIVE = {"id": "n", "time": "2026-06-01T08:00:00Z", "logsource": {"product": "ai"}, "attributes": {"x": 1}}
CEF = r"CEF:0|V|P|1|100|name|5|src=10.0.0.1 dst=10.0.0.2 msg=a\=b"
LEEF = "LEEF:1.0|V|P|1|100|src=10.0.0.1\tdst=10.0.0.2"


def one(value: object, sourcetype: str = "", **more: object) -> Event:
    (item,), problems = read(value, by_sourcetype(sourcetype), origin(**more))
    assert problems == []
    assert isinstance(item, Event)
    return item


@pytest.mark.parametrize(
    ("value", "sourcetype", "product"),
    [
        (SURICATA_FLOW, "", "suricata"),
        (orjson.dumps(SURICATA_FLOW).decode(), "", "suricata"),
        (OKTA, "suricata", "okta"),
        (SYSMON, "XmlWinEventLog", "windows"),
        (NATIVE, "", "ai"),
        (NATIVE, "pullcord:event", "ai"),
        (WINDOWS_XML, "", "windows"),
        (WINDOWS_XML, "XmlWinEventLog:Sysmon", "windows"),
        (WINDOWS_TEXT, "WinEventLog:Security", "windows"),
        (CEF, "", "v/p"),
        (CEF, "cef", "v/p"),
        (LEEF, "", "v/p"),
        (f"<13>Jun  1 08:00:00 fw {CEF}", "cef", "v/p"),
        (f"<13>Jun  1 08:00:00 fw {CEF}", "", "v/p"),
    ],
)
def test_by_name_or_by_shape(value: object, sourcetype: str, product: str) -> None:
    found = one(value, sourcetype)
    assert found.logsource.product == product
    assert UNDECODED not in found.attributes


def test_times_of_the_record_before_those_of_the_envelope() -> None:
    assert one(NATIVE, time=5).time == EIGHT
    assert one(CEF, time=5).time == 5
    assert one("<13>no time here", "syslog", time=5).time == 5
    assert one(WINDOWS_TEXT, "WinEventLog").time == NOW
    assert one(WINDOWS_TEXT, "WinEventLog", time=5).time == 5


@pytest.mark.parametrize(
    ("value", "sourcetype"),
    [
        (SURICATA_FLOW | {"timestamp": "soon"}, "suricata"),
        ("<Event><broken", "XmlWinEventLog"),
        ("no event", "WinEventLog"),
        ({"finding_id": "looks like one"}, ""),
        (NATIVE | {"time": "soon"}, ""),
    ],
)
def test_what_only_looks_like_a_format_is_kept(value: object, sourcetype: str) -> None:
    found = one(value, sourcetype)
    assert found.attributes[UNDECODED]
    assert found.time == NOW


def test_logs_of_programs_have_attributes_too() -> None:
    found = one({"attributes": {"x": 1}, "body": "y"})
    assert UNDECODED not in found.attributes
    assert found.attributes["attributes.x"] == 1


@pytest.mark.parametrize("value", [{"x": 1}, "text", NATIVE | {"time": 7}, "{broken"])
def test_who_says_what_it_is_must_mean_it(value: object) -> None:
    with pytest.raises(UnreadableRecordError):
        read(value, by_sourcetype("pullcord:event"), origin())


def test_otlp_may_be_broken_in_part() -> None:
    items, problems = read(
        orjson.loads(logs({"body": {"stringValue": "x"}}, 7)), by_sourcetype("otlp"), origin()
    )
    assert (len(items), len(problems)) == (1, 1)


@pytest.mark.parametrize("value", [{}, SURICATA_FLOW, {"resourceMetrics": []}])
def test_what_is_no_otlp(value: object) -> None:
    with pytest.raises(UnreadableRecordError, match="resourceSpans"):
        read(value, by_sourcetype("otlp"), origin())


def test_fallback() -> None:
    (item,), _ = from_json({"x": 1}, NOTHING, origin(), Format.ECS)
    assert isinstance(item, Event)
    assert item.id.startswith("ecs:")


def test_depth_beyond_what_can_be_written() -> None:
    deep: object = "x"
    for _ in range(900):
        deep = {"a": deep}
    assert one({"attributes": {}, "id": "x", "time": 1, "logsource": deep}).attributes[UNDECODED]
    assert one([deep]).attributes["message"]
    assert one(SURICATA_FLOW | {"flow": deep}).logsource.product == "suricata"


def test_numbers_and_lists_become_text() -> None:
    assert one([1, 2]).attributes["message"] == "[1,2]"
    assert one(7).attributes["message"] == "7"


def test_the_log_source_of_a_name() -> None:
    assert one("<38>Jun  1 08:00:00 edge sshd[1]: x", "linux_secure").logsource.product in ("linux", "syslog")
    assert one("type=EXECVE", "linux_audit").logsource.service == "auditd"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CEF:0|", Text.CEF),
        ("LEEF:2.0|", Text.LEEF),
        ("<Event xmlns=''>", Text.WINDOWS_XML),
        ("<34>x", Text.SYSLOG),
        ("<3456>x", None),
        ("<b>x", None),
        ("x", None),
    ],
)
def test_kinds_of_text(text: str, kind: Text | None) -> None:
    assert kind_of(text) is kind


def test_an_event_keeps_its_own() -> None:
    found = with_attributes(one("x"), {"message": "y", "z": 1})
    assert (found.attributes["message"], found.attributes["z"]) == ("x", 1)
