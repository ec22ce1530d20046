"""What holds for every test: no network, repeatable properties, and a list of what did not run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import sockets

pytest_plugins = ["tests.needs"]

# Deadlines measure the machine, not the code: they are off. Under --ci the same examples come every time.
settings.register_profile("pullcord-dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "pullcord-ci", settings.get_profile("pullcord-dev"), derandomize=True, print_blob=True
)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the Hypothesis profile and close the network."""
    ci = config.getoption("--ci") or os.environ.get("CI")
    settings.load_profile("pullcord-ci" if ci else "pullcord-dev")
    sockets.close()


@pytest.fixture(autouse=True)
def _stay_off_the_network() -> Iterator[None]:
    sockets.TRIED.clear()
    yield
    assert not sockets.TRIED, f"the test left the machine: {sockets.TRIED}; {sockets.CURE}"
