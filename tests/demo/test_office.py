from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pullcord.demo import calling
from pullcord.demo.config import prepare
from pullcord.demo.errors import NoAnswerError
from pullcord.demo.story import POISONED, RECIPE
from tests.demo.programs import running

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    plant = prepare(tmp_path)
    with running(tmp_path, "office", plant.ports.office):
        yield lambda method, path, **body: calling.ask(
            method, plant.ports.office, path, body or None, token=plant.tokens.office
        )


def test_mails_tickets_and_recipes(post: Post) -> None:
    def tool(name: str, **arguments: str) -> str:
        return str(post("POST", f"/tools/{name}", **arguments)["result"])

    assert "Order 88190" in tool("search_mail", query="electrode delivery")
    assert tool("search_mail", query="no such words anywhere") == "no mail found"
    assert post("POST", "/deliver", text="Subject: x\n\nelectrode delivery", subject="x")["subject"] == "x"
    assert tool("search_mail", query="Electrode DELIVERY").startswith("Subject: x")
    assert "SK-40" in tool("read_mail", subject="Seal kit")
    assert tool("read_mail", subject="none") == "no such mail"
    assert tool("read_recipe", id="WR-2214") == RECIPE
    assert tool("read_recipe", id="../WR-2214") == "no such recipe"
    assert tool("create_ticket", asset="R-11") == "Ticket 70400 created"
    assert tool("create_ticket", asset="R-12") == "Ticket 70401 created"
    assert [one["number"] for one in post("GET", "/tickets")["tickets"]] == [70400, 70401]
    assert tool("send_mail", to="a@b.example", subject="s", body="b") == "sent"
    assert post("GET", "/sent")["sent"] == [{"to": "a@b.example", "subject": "s", "body": "b"}]


def test_a_mail_is_withheld_and_then_gone(post: Post, tmp_path: Path) -> None:
    def desk() -> str:
        return (tmp_path / "office.json").read_text(encoding="utf-8")

    subject = post("POST", "/deliver", subject=POISONED.subject)["subject"]
    assert post("POST", "/withhold", subject="no such subject")["mails"] == 0
    assert post("POST", "/withhold", subject=subject)["mails"] == 1
    assert post("POST", "/tools/read_mail", subject=subject)["result"] == "no such mail"
    assert "For automated assistants" not in post("POST", "/tools/search_mail", query="electrode")["result"]
    assert subject in desk()
    assert post("POST", "/purge", subject=subject)["mails"] == 1
    assert subject not in desk()
    assert post("POST", "/purge", subject=subject)["mails"] == 0
    assert "SK-40" in post("POST", "/tools/read_mail", subject="Seal kit")["result"]


def test_only_who_has_the_token_gets_in(tmp_path: Path) -> None:
    plant = prepare(tmp_path)
    with running(tmp_path, "office", plant.ports.office):
        for token in ("", plant.tokens.agents):
            with pytest.raises(NoAnswerError) as caught:
                calling.ask("GET", plant.ports.office, "/sent", token=token)
            assert caught.value.status == 401
