from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.server.tokens import token_of

HEC, BULK, OWN = "/services/collector/event", "/logs/_bulk", "/api/v1/events"


def pair(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("path", "header", "token"),
    [
        (OWN, "Bearer t", "t"),
        (OWN, "bearer   t ", "t"),
        (OWN, "Bearer ", None),
        (OWN, "", None),
        (OWN, "t", None),
        (OWN, "Splunk t", None),
        (OWN, f"Basic {pair('x:t')}", None),
        (HEC, "Splunk t", "t"),
        (HEC, "splunk t", "t"),
        (HEC, "Bearer t", "t"),
        (HEC, f"Basic {pair('x:t:u')}", "t:u"),
        (HEC, "ApiKey t", None),
        (BULK, f"ApiKey {pair('id:t')}", "t"),
        (BULK, "ApiKey plain_t", "plain_t"),
        (BULK, f"Basic {pair('elastic:t')}", "t"),
        (BULK, f"Basic {pair('elastic')}", None),
        (BULK, "Basic ###", None),
        (BULK, "Splunk t", None),
    ],
)
def test_schemes(path: str, header: str, token: str | None) -> None:
    assert token_of(path, header) == token


@given(st.sampled_from([HEC, BULK, OWN]), st.text())
def test_no_header_breaks_it(path: str, header: str) -> None:
    assert token_of(path, header) != ""
