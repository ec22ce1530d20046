from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.build import respond


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished simulated run over the demo recording; look, do not touch."""
    out = tmp_path_factory.mktemp("simulated") / "out"
    respond(out, simulate=True)
    return out


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished planning run over the demo recording; look, do not touch."""
    out = tmp_path_factory.mktemp("planned") / "out"
    respond(out)
    return out
