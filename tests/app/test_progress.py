from __future__ import annotations

import pytest

from pullcord.app.progress import Progress, Silent


def test_silence_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    silent: Progress = Silent()
    silent.stage("Reading", None)
    silent.step(3)
    assert capfd.readouterr() == ("", "")
