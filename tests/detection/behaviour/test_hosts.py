from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.behaviour.hosts import MAX_HOSTS, below, host, hosts_in, is_local, network_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://ada@Away.Example.:8443/x?y#z", "away.example"),
        ("away.example", "away.example"),
        ("http://[2001:DB8::1]:80/x", "2001:db8::1"),
        ("203.0.113.9:443", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("press-4", None),
        ("", None),
        ("a b.example", None),
        ("x" * 300 + ".example", None),
        ("a:b:c", None),
    ],
)
def test_hosts_are_read_from_what_names_them(text: str, expected: str | None) -> None:
    assert host(text) == expected


def test_arguments_name_hosts_in_links_addresses_and_fields() -> None:
    arguments = json.dumps(
        {
            "to": "ada@drop.example",
            "body": "see https://user:pw@away.example:8443/x and www.third.example.",
            "host": "fourth.example",
            "note": "version 1.2.3 of file.txt",
        }
    )
    found = set(hosts_in(arguments))
    assert {"drop.example", "away.example", "third.example", "fourth.example"} <= found
    assert found <= {"drop.example", "away.example", "third.example", "fourth.example"}


def test_files_and_tags_in_such_fields_are_no_hosts() -> None:
    fields = {"url": "report.pdf", "address": "WI-07.limit", "server": "v1.2", "host": "10.0.0.9"}
    assert hosts_in(json.dumps(fields)) == ["10.0.0.9"]


def test_escapes_hide_no_host() -> None:
    assert "away.example" in set(hosts_in(r'{"url": "https:\/\/away.example\/x"}'))
    assert "away.example" in set(hosts_in(r'{"q": "ada\u0040away.example"}'))


def test_hosts_of_one_text_are_bounded() -> None:
    assert len(list(hosts_in(" ".join(f"https://h{n}.example" for n in range(500))))) == MAX_HOSTS


def test_below_means_the_domain_or_under_it() -> None:
    domains = {"plant.example", "10.0.0.1"}
    assert below("mes.plant.example", domains) == "plant.example"
    assert below("plant.example", domains) == "plant.example"
    assert below("evilplant.example", domains) is None
    assert below("plant.example.away.example", domains) is None
    assert below("x", frozenset()) is None


@pytest.mark.parametrize(
    "name", ["10.1.2.3", "192.168.0.9", "::1", "fe80::1", "fd00::7", "mes.local", "127.0.0.1"]
)
def test_addresses_of_private_networks_are_local(name: str) -> None:
    assert is_local(name)


@pytest.mark.parametrize("name", ["203.0.113.9", "8.8.8.8", "2001:db8::1", "away.example", "172.32.0.1"])
def test_others_are_not(name: str) -> None:
    assert not is_local(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("host", None),
        ("", None),
    ],
)
def test_networks_of_addresses(text: str, expected: str | None) -> None:
    assert network_of(text) == expected


@given(st.text(st.characters(), max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    for found in hosts_in(f"https://{text} @{text} www.{text} {text}"):
        assert host(found) == found or ":" in found
    if (one := host(text)) is not None:
        assert "/" not in one
        assert isinstance(is_local(one), bool)
    network_of(text)
