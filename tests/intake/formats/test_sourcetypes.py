from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.detect_format import Format
from pullcord.intake.formats.sourcetypes import NOTHING, Text, by_sourcetype


@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("suricata", Format.SURICATA, None),
        ("suricata:alert", Format.SURICATA, None),
        ("Suricata_eve", Format.SURICATA, None),
        ("suricatalike", None, None),
        ("zeek:conn:json", Format.ZEEK, None),
        ("bro_dns", Format.ZEEK, None),
        ("browser:log", None, None),
        ("wazuh-alerts", Format.WAZUH, None),
        ("XmlWinEventLog", Format.WINDOWS, Text.WINDOWS_XML),
        ("XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", Format.WINDOWS, Text.WINDOWS_XML),
        ("WinEventLog:Security", Format.WINDOWS, Text.WINDOWS_TEXT),
        ("OktaIM2:log", Format.OKTA, None),
        ("azure:monitor:aad", Format.ENTRA, None),
        ("ms:aad:signin", Format.ENTRA, None),
        ("o365:management:activity", Format.M365, None),
        ("aws:cloudtrail", Format.CLOUDTRAIL, None),
        ("cef", None, Text.CEF),
        ("leef", None, Text.LEEF),
        ("syslog", None, Text.SYSLOG),
        ("linux_secure", None, Text.SYSLOG),
        ("pullcord:event", Format.NATIVE, None),
        ("otlp", Format.OTLP, None),
        ("", None, None),
        ("_json", None, None),
    ],
)
def test_names(name: str, form: Format | None, text: Text | None) -> None:
    found = by_sourcetype(name)
    assert (found.form, found.text) == (form, text)


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("zeek:conn:json", "conn"),
        ("bro_dns", "dns"),
        ("corelight_http", "http"),
        ("zeek", None),
        ("zeek:json", None),
    ],
)
def test_logs_of_zeek(name: str, log: str | None) -> None:
    assert by_sourcetype(name).service == log


@given(st.text())
def test_any_name(name: str) -> None:
    assert by_sourcetype(f"x{name}") == NOTHING
