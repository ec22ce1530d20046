from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.cef import decode, parse
from pullcord.model.event import LogSource
from pullcord.model.times import from_rfc3339
from tests.intake.listeners import NOW

CTX = Context(source="ids", received=NOW)


def test_the_header_and_its_escapes() -> None:
    found = parse(r"CEF:0|Acme \| Sons|Watch\\er|1.2|100|a=b \\\| c|7|")
    assert found.device.vendor == "Acme | Sons"
    assert found.device.product == "Watch\\er"
    assert (found.name, found.severity, found.extension) == ("a=b \\| c", "7", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("src=10.0.0.1 dst=10.0.0.2", {"src": "10.0.0.1", "dst": "10.0.0.2"}),
        (r"msg=a\=b c\\d\ne\rf\|g", {"msg": "a=b c\\d\ne\rf|g"}),
        ("msg=two words  act=blocked", {"msg": "two words", "act": "blocked"}),
        ("request=http://x/?a=1&b=2 act=x", {"request": "http://x/?a=1&b=2", "act": "x"}),
        (r"filePath=C:\\temp\\new cs1= cs2=x", {"filePath": "C:\\temp\\new", "cs1": "", "cs2": "x"}),
        ("act=first act=second", {"act": "first"}),
        ("ad.field-x[0]=1", {"ad.field-x[0]": "1"}),
        ("no pairs here", {}),
        ("=x", {}),
    ],
)
def test_extensions(text: str, expected: dict[str, str]) -> None:
    assert parse(f"CEF:0|a|b|1|c|d|5|{text}").extension == expected


def test_documented_names_become_ours_and_originals_stay() -> None:
    event = decode(
        "CEF:0|Acme|OT Watch|4|SIGN:WRITE|Write outside|8|src=10.0.0.1 spt=502 dst=10.0.0.5 dhost=plc-7 "
        "suser=agent duser=root dvchost=sensor-1 act=seen proto=TCP cs1Label=Zone Name cs1=cell 7 "
        "rt=1790000000123 msg=value 9.5 request=https://a/?b\\=c",
        CTX,
    )
    assert event.logsource == LogSource(product="acme/ot watch", service="cef")
    expected = {
        "source.address": "10.0.0.1",
        "source.port": 502,
        "destination.address": "10.0.0.5",
        "destination.domain": "plc-7",
        "user.name": "agent",
        "user.target.name": "root",
        "observer.name": "sensor-1",
        "event.name": "Write outside",
        "event.code": "SIGN:WRITE",
        "event.severity": "high",
        "cef.severity": "8",
        "cef.custom.Zone_Name": "cell 7",
        "cef.spt": "502",
        "url.full": "https://a/?b=c",
    }
    assert expected.items() <= event.attributes.items()
    # The device that saw it is no host: it would tie together everything it ever saw.
    assert "host.name" not in event.attributes
    assert (event.asset, event.actor) == ("plc-7", "agent")
    assert event.time == from_rfc3339("2026-09-21T14:13:20.123Z")


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("0", "low"),
        ("4", "medium"),
        ("10", "critical"),
        ("Very-High", "critical"),
        ("Unknown", None),
        ("", None),
    ],
)
def test_severities(severity: str, expected: str | None) -> None:
    assert decode(f"CEF:0|a|b|1|c|d|{severity}|", CTX).attributes.get("event.severity") == expected


@pytest.mark.parametrize("time", ["Sep 21 2026 10:00:00", "Sep 21 2026 10:00:00.000 UTC", "1789984800000"])
def test_times(time: str) -> None:
    assert decode(f"CEF:0|a|b|1|c|d|5|start={time}", CTX).time == from_rfc3339("2026-09-21T10:00:00Z")


def test_an_extension_does_not_speak_for_the_header() -> None:
    event = decode("CEF:0|a|b|1|c|d|2|severity=10 device.vendor=other", CTX)
    assert event.attributes["cef.severity"] == "2"
    assert event.attributes["cef.device.vendor"] == "a"


def test_headers_of_others_and_what_is_none() -> None:
    assert parse("<14>Sep 21 10:00:00 host CEF: 1|a|b|1|c|d|5|x=y").extension == {"x": "y"}
    assert parse("CEF:0|a|b|1|c|d|5").severity == "5"
    for text in ("CEF:0|a|b", "CEF", "x", ""):
        with pytest.raises(UnreadableRecordError):
            parse(text)


def test_many_keys_are_bounded() -> None:
    text = " ".join(f"k{number}=v" for number in range(5_000))
    assert len(parse(f"CEF:0|a|b|1|c|d|5|{text}").extension) == 512


@pytest.mark.parametrize("piece", ["\\|", "\\", "|", " a=", "\\=", "cs1=a cs1Label=b "])
def test_time_is_linear(piece: str) -> None:
    begin = time.process_time()
    for head in ("CEF:0|", "CEF:0|a|b|1|c|d|5|"):
        with contextlib.suppress(UnreadableRecordError):
            parse((head + piece * 500_000)[:1_000_000])
    assert time.process_time() - begin < 5


@given(st.text(alphabet=st.sampled_from("CEF:0|\\= \nabn="), max_size=80))
def test_any_text(text: str) -> None:
    for whole in (text, f"CEF:0|a|b|1|c|d|5|{text}", f"CEF:0|{text}"):
        try:
            event = decode(whole, CTX)
        except UnreadableRecordError:
            continue
        assert event.logsource.service == "cef"


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(alphabet="ab=\\\n\r|", min_size=1))
)
def test_what_was_escaped_comes_back(pairs: dict[str, str]) -> None:
    def escaped(value: str) -> str:
        for plain, coded in (("\\", "\\\\"), ("=", "\\="), ("\n", "\\n"), ("\r", "\\r")):
            value = value.replace(plain, coded)
        return value

    text = " ".join(f"{key}={escaped(value)}" for key, value in pairs.items())
    assert parse(f"CEF:0|a|b|1|c|d|5|{text}").extension == pairs
