from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pullcord.store.sqlite import make_engine
from pullcord.store.tables import METADATA


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection within a transaction, on a database with all tables."""
    engine = make_engine(tmp_path / "bare.sqlite")
    with engine.begin() as made:
        METADATA.create_all(made)
        yield made
    engine.dispose()
