from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.leef import decode, parse
from pullcord.model.event import LogSource
from pullcord.model.times import from_rfc3339
from tests.intake.listeners import NOW

CTX = Context(source="qradar", received=NOW)


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [
        ("LEEF:1.0|a|b|1|e|", "\t"),
        ("LEEF:2.0|a|b|1|e|^|", "^"),
        ("LEEF:2.0|a|b|1|e|x5E|", "^"),
        ("LEEF:2.0|a|b|1|e|0x7C|", "|"),
        ("LEEF:2.0|a|b|1|e|\t|", "\t"),
        ("LEEF:2.0|a|b|1|e||", "\t"),
        ("LEEF:2.0|a|b|1|e|", "\t"),
        ("LEEF:2.0|a|b|1|e|x00A6|", "\u00a6"),
    ],
)
def test_delimiters(head: str, delimiter: str) -> None:
    found = parse(f"{head}src=10.0.0.1{delimiter}msg=two words")
    assert found.pairs == {"src": "10.0.0.1", "msg": "two words"}
    assert found.device == ("a", "b", "1", "e")


def test_what_is_escaped_and_what_only_looks_like_it() -> None:
    found = parse("LEEF:2.0|a\\|x|b|1|e|^|path=C:\\new\\temp^url=a\\=b^list=x\\^y^unc=\\\\srv\\share^rest")
    assert found.device.vendor == "a|x"
    assert found.pairs == {
        "path": "C:\\new\\temp",
        "url": "a=b",
        "list": "x^y",
        "unc": "\\\\srv\\share^rest",
    }


def test_documented_names_become_ours() -> None:
    event = decode(
        "LEEF:2.0|Acme|Gate|2|LOGIN_FAIL|^|src=10.0.0.1^srcPort=55^dst=10.0.0.2^usrName=agent^sev=9^"
        "devTimeFormat=dd/MM/yyyy HH:mm:ss Z^devTime=21/09/2026 12:00:00 +0200^x=y",
        CTX,
    )
    expected = {
        "source.address": "10.0.0.1",
        "source.port": 55,
        "destination.address": "10.0.0.2",
        "user.name": "agent",
        "event.severity": "critical",
        "event.code": "LOGIN_FAIL",
        "leef.x": "y",
    }
    assert expected.items() <= event.attributes.items()
    assert event.time == from_rfc3339("2026-09-21T10:00:00Z")
    assert event.logsource == LogSource(product="acme/gate", service="leef")
    assert event.actor == "agent"


@pytest.mark.parametrize(
    "text",
    ["LEEF:2.0|a|b", "LEEF:3.0|a|b|1|e|", "", "x", "LEEF:2.0|a|b|1|e|xD800|a=b", "LEEF:2.0|a|b|1|e|abc|d=e"],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(UnreadableRecordError):
        parse(text)


def test_many_pairs_are_bounded() -> None:
    text = "\t".join(f"k{number}=v" for number in range(5_000))
    assert len(parse(f"LEEF:1.0|a|b|1|e|{text}").pairs) <= 513


@given(st.text(alphabet=st.sampled_from("LEF:12.0|\\=\t^xa5"), max_size=80))
def test_any_text(text: str) -> None:
    for whole in (text, f"LEEF:1.0|a|b|1|e|{text}", f"LEEF:2.0|a|b|1|e|{text}"):
        try:
            event = decode(whole, CTX)
        except UnreadableRecordError:
            continue
        assert event.logsource.service == "leef"
