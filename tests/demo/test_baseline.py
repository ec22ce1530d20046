from __future__ import annotations

from pathlib import Path

from pullcord.demo import calling
from pullcord.demo.config import prepare
from pullcord.demo.story import MANUAL
from tests.demo.programs import running


def test_it_searches_the_manual_and_nothing_else(tmp_path: Path) -> None:
    plant = prepare(tmp_path)
    port, token = plant.ports.baseline, plant.tokens.technician
    with running(tmp_path, "baseline", port, "/enabled"):
        assert (
            calling.ask("POST", port, "/ask", {"query": "tip dresser slow"}, token=token)["answer"] == MANUAL
        )
        answer = calling.ask("POST", port, "/ask", {"query": "send a mail"}, token=token)["answer"]
        assert answer == "The manual says nothing about that."
