from __future__ import annotations

import re

import pytest

from pullcord.detection.behaviour.hosts import host
from pullcord.detection.behaviour.services import model_path, service_of, services


def test_the_list_that_ships_is_clean() -> None:
    known = services()
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", known.date)
    assert len(known.hosts) >= 40
    for name in known.hosts:
        assert host(name) == name
    for prefix, suffix, name in known.patterns:
        assert prefix or suffix.startswith("-")
        assert suffix
        assert name


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("api.openai.com", "OpenAI"),
        ("plant.openai.azure.com", "OpenAI"),
        ("bedrock-runtime.eu-central-1.amazonaws.com", "Amazon Bedrock"),
        ("europe-west3-aiplatform.googleapis.com", "Google Vertex AI"),
        ("api.openai.com.away.example", None),
        ("notapi.openai.com", None),
        ("s3.eu-central-1.amazonaws.com", None),
        ("plant.example", None),
    ],
)
def test_hosts_of_services(name: str, service: str | None) -> None:
    assert service_of(name) == service


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://h:8000/v1/chat/completions?x=1", "/v1/chat/completions"),
        ("http://h/proxy/v1/messages/", "/v1/messages"),
        ("/API/generate", "/api/generate"),
        ("http://h/v1/chat", None),
        ("http://h/x?u=/v1/embeddings", None),
        ("", None),
    ],
)
def test_paths_of_model_servers(url: str, path: str | None) -> None:
    assert model_path(url) == path
