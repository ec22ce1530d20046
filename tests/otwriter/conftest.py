from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.otwriter.plant import Plc, running


@pytest.fixture(scope="module")
def server() -> Iterator[Plc]:
    with running() as found:
        yield found


@pytest.fixture
def plc(server: Plc) -> Plc:
    """The server of this file, begun anew."""
    server.reset()
    return server
