from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pullcord
from pullcord.connectors.forward.cef import to_cef
from pullcord.intake.context import Context
from pullcord.intake.formats.cef import decode
from pullcord.model.finding import Severity
from tests.connectors.forward.samples import sample


def read(line: str) -> tuple[list[str], dict[str, str]]:
    """Header fields and pairs of a CEF line, unescaped: a reader that shares no code with the writer."""
    parts = re.findall(r"((?:\\.|[^\\|])*)\|", line)[:7]
    rest = re.sub(r"^(?:(?:\\.|[^\\|])*\|){7}", "", line)
    found = re.findall(r"(?:^| )([A-Za-z0-9]+)=((?:\\.|[^=\\])*?)(?= [A-Za-z0-9]+=|$)", rest)
    return (
        [re.sub(r"\\(.)", r"\1", part) for part in parts],
        {key: re.sub(r"\\(.)", r"\1", text) for key, text in found},
    )


def test_a_finding_as_cef() -> None:
    header, pairs = read(to_cef(sample()))
    assert header == [
        "CEF:0",
        "Pullcord",
        "pullcord",
        pullcord.__version__,
        "pullcord.behaviour.untrusted-value-in-call",
        "A tool result steered a write",
        "8",
    ]
    assert pairs == {
        "rt": "1780000000123",
        "externalId": f"fnd-{0:024d}",
        "cat": "behaviour",
        "dhost": "dryer-advisor",
        "suser": "svc-advisor",
        "src": "10.1.2.3",
        "msg": "The value 188 stood in the page. Nobody had asked for it.",
        "cs1Label": "incidentType",
        "cs1": "prompt-injection-indirect",
        "cs2Label": "techniques",
        "cs2": "AML.T0051,T0831",
        "cs3Label": "trust",
        "cs3": "attacker-writable",
        "cs4Label": "site",
        "cs4": "Brackwede",
        "cs5Label": "traceId",
        "cs5": "t1",
        "cs6Label": "product",
        "cs6": "pullcord",
    }


@pytest.mark.parametrize(
    ("severity", "number"),
    [
        (Severity.INFORMATIONAL, "1"),
        (Severity.LOW, "3"),
        (Severity.MEDIUM, "5"),
        (Severity.HIGH, "8"),
        (Severity.CRITICAL, "10"),
    ],
)
def test_severities(severity: Severity, number: str) -> None:
    assert read(to_cef(sample(severity=severity)))[0][6] == number


def test_what_attackers_wrote_stays_in_its_field() -> None:
    evil = "x|y\\|z\\\r\nCEF:0|a|b|c|d|e|10|act=none \x00\u2028 cs1=fine"
    line = to_cef(sample(title=evil, asset=evil, reasons=(evil,), actor=evil, rule_id=evil))
    assert line.isprintable()
    header, pairs = read(line)
    shown = evil.replace("\r", " ").replace("\n", " ").replace("\x00", " ").replace("\u2028", " ")
    assert (header[4], header[5], header[6]) == (shown, shown, "8")
    assert (pairs["dhost"], pairs["suser"], pairs["msg"]) == (shown, shown, shown)
    assert "act" not in pairs


def test_ipv6_has_a_field_of_its_own_and_names_are_no_addresses() -> None:
    pairs = read(to_cef(sample(entities=("address:plc-7", "address:2001:db8::7"))))[1]
    assert (pairs["c6a2"], pairs["c6a2Label"]) == ("2001:db8::7", "Source IPv6 Address")
    assert "src" not in pairs


def test_what_is_empty_is_left_out() -> None:
    pairs = read(to_cef(sample(asset=None, actor=None, entities=(), reasons=(), site=None, techniques=())))[1]
    assert not {"dhost", "suser", "src", "msg", "cs2", "cs2Label", "cs4", "cs4Label"} & pairs.keys()


@given(st.text(max_size=3_000), st.text(max_size=3_000))
def test_any_text_is_one_bounded_line(title: str, text: str) -> None:
    line = to_cef(sample(title=title, reasons=(text,), asset=text, actor=title))
    assert line.isprintable()
    assert len(line.encode("utf-8", "replace")) < 32_000
    header, pairs = read(line)
    assert (header[6], pairs["cs6"]) == ("8", "pullcord")


def test_our_own_reader_understands_it() -> None:
    event = decode(to_cef(sample(title="a | b \\ c = d")), Context())
    assert event.time == sample().time
    assert event.attributes["event.name"] == "a | b \\ c = d"
    assert event.attributes["event.external_id"] == sample().id
    assert event.attributes["cef.custom.incidentType"] == "prompt-injection-indirect"
    assert event.attributes["source.address"] == "10.1.2.3"
