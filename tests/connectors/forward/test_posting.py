from __future__ import annotations

import pytest

from pullcord.connectors.forward.errors import UnreachableError
from pullcord.connectors.forward.posting import Poster, shown
from pullcord.model.errors import UsageError
from tests.connectors.forward.receivers import http_server


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://siem/x", "no http"),
        ("file:///etc/passwd", "no http"),
        ("siem.example", "no http"),
        ("https://", "no http"),
        ("https://ann:secret@siem/x", "holds a user"),
        ("http://siem.example/x", "in clear"),
        ("http://10.0.0.7/x", "in clear"),
        ("https://siem:port/x", "no address"),
        ("https://[::1/x", "no address"),
    ],
)
def test_addresses_that_may_not_be_used(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as told:
        Poster(url)
    assert "secret" not in told.value.cause


@pytest.mark.parametrize(
    "url", ["https://siem.example/x", "http://127.0.0.1:1/x", "http://[::1]/", "http://localhost"]
)
def test_addresses_that_may(url: str) -> None:
    assert Poster(url).shown.startswith("http")
    assert Poster("http://siem.example/x", clear=True).path == "/x"


def test_errors_never_show_what_may_be_secret() -> None:
    assert shown("https://ann:secret@siem:8088/x?token=secret#secret") == "https://siem:8088/x"
    assert shown("https://[::1") == "the address"


def test_redirects_are_not_followed_and_answers_are_bounded() -> None:
    with http_server(lambda _: (302, b"")) as server:
        poster = Poster(f"{server.url}/here")
        assert poster.post(b"x", {"a": "b"})[0] == 302
        assert [one.path for one in server.asked] == ["/here"]
        assert poster.post(b"x", {}, "/there?a=b")[0] == 302
        assert server.asked[-1].path == "/there?a=b"
        server.answer = lambda _: (200, b"x" * 100_000)
        with pytest.raises(UnreachableError, match="64 KiB"):
            poster.post(b"x", {})
        server.answer = lambda _: None
        with pytest.raises(UnreachableError, match="does not answer"):
            poster.post(b"x", {})
        server.answer = lambda _: (200, b"ok")
        assert poster.post(b"x", {}) == (200, b"ok")
        poster.close()


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(lambda _: (200, b"proxy")) as proxy, http_server(lambda _: (200, b"self")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        poster = Poster(server.url)
        assert poster.post(b"", {}) == (200, b"self")
        poster.close()
