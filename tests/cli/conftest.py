from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pullcord.cli.main import main
from tests.app.build import respond
from tests.cli.build import Call, Told


@pytest.fixture
def pullcord(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call ``pullcord`` within this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["pullcord", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        assert isinstance(stopped.value.code, int)
        return Told(stopped.value.code, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished simulated run over the demo recording; look, do not touch."""
    out = tmp_path_factory.mktemp("run") / "out"
    respond(out, simulate=True)
    return out
