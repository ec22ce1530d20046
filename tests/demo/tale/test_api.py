from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.demo.config import token_file
from pullcord.demo.tale.api import Api, ApiRefusedError, AwayError
from tests.app.running import Running, running


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "run") as made:
        yield made


@pytest.fixture
def api(tmp_path: Path, run: Running) -> Iterator[Api]:
    """The people of a real Pullcord, with their tokens where the plant has them."""
    for name, token in run.tokens.items():
        place = tmp_path / "plant" / token_file(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(token.read_text())
    made = Api(tmp_path / "plant")
    made.url = run.url
    yield made
    made.close()


def test_people_read_and_decide(api: Api) -> None:
    before = len(api.waiting("ann"))
    assert all(isinstance(one["id"], str) for one in api.incidents("bob"))
    api.post("ann", "/api/v1/stop", reason="smoke")
    (stop,) = [one for one in api.waiting("bob") if one["kind"] == "stop"]
    assert stop["who"] == "ann"
    assert len(api.waiting("ann")) == before + 1


def test_a_refusal_says_why(api: Api) -> None:
    with pytest.raises(ApiRefusedError) as caught:
        api.post("ann", "/api/v1/resume")
    assert caught.value.reason == "PC-5043"
    assert caught.value.why


def test_no_answer_is_told_from_a_refusal(api: Api, run: Running) -> None:
    del run
    api.url = "http://127.0.0.1:9"
    with pytest.raises(AwayError, match="does not answer"):
        api.incidents("ann")
