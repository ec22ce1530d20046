from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from pullcord.server.application import make_app
from pullcord.server.gate import Bounds
from tests.server.fakes import Client, House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    """A client of the application itself, without a network, with a bound of 1 MiB on bodies."""
    app = make_app(house.services, bounds=Bounds(body=1 << 20))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client
