from __future__ import annotations

import pytest

from pullcord.detection.behaviour.text import credential_like, host_of, is_internal, is_tag


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("a@b.example", "b.example"),
        ("b.example/x?y", "b.example"),
        ("b.example:80/x", "b.example:80"),
        ("x", "x"),
    ],
)
def test_hosts(value: str, host: str) -> None:
    assert host_of(value) == host


def test_internal_means_the_domain_or_below_it() -> None:
    assert is_internal("a@plant.example", ["Plant.Example"])
    assert is_internal("mes.plant.example:8443/x", [".plant.example"])
    assert not is_internal("evilplant.example", ["plant.example"])
    assert not is_internal("plant.example.away.example", ["plant.example"])
    assert not is_internal("plant.example", [])


@pytest.mark.parametrize(
    "arguments",
    [
        {"body": "Secret key is 1a7"},
        {"password": "x"},
        {"text": "AKIA" + "A" * 16},
        {"text": "-----BEGIN RSA PRIVATE KEY-----"},
    ],
)
def test_credentials_are_noticed(arguments: dict[str, str]) -> None:
    assert credential_like(arguments)


def test_ordinary_arguments_are_not() -> None:
    assert not credential_like({"body": "temperature: 182", "to": "ada@plant.example"})


@pytest.mark.parametrize("tag", ["wi-07.limit", "tic-104.setpoint"])
def test_tags_of_a_control_system_are_no_destinations(tag: str) -> None:
    assert is_tag(tag)


@pytest.mark.parametrize(
    "place",
    ["365.com", "s3.de", "x9@host7.mail", "drop7.zip/x", "a1.b2.limit", "10.0.0.7", "collector.limit"],
)
def test_places_on_a_network_are_no_tags(place: str) -> None:
    assert not is_tag(place)
