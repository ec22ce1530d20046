"""An agent that asks the real flagd client (OpenFeature, FILE resolver) whether it may work, and says so over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.evaluation_context import EvaluationContext

from tests.responders.build import serving

FLAGS = b"""{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "metadata": {"owner": "line 2", "ratio": 1.10, "large": 12345678901234567890123},
  "flags": {
    "lamp":  {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"},
    "agent": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on",
              "metadata": {"note": "\\u00fc"}}
  }
}
"""


def ruled(rules: object, state: str = "ENABLED") -> bytes:
    """The flag file with targeting rules and a state for the agent."""
    found = json.loads(FLAGS)
    found["flags"]["agent"] |= {"targeting": rules, "state": state}
    return json.dumps(found, indent=1).encode()


@contextmanager
def client(file: Path, who: str = "line-2") -> Iterator[Callable[[str], bool]]:
    """What the client gets for a flag; its own default is on, the worst case."""
    domain = uuid.uuid4().hex
    provider = FlagdProvider(
        resolver_type=ResolverType.FILE, offline_flag_source_path=str(file), deadline_ms=200
    )
    api.set_provider_and_wait(provider, domain)
    mine = api.get_client(domain)
    try:
        yield lambda flag: mine.get_boolean_value(flag, True, EvaluationContext(targeting_key=who))  # noqa: FBT003
    finally:
        provider.shutdown()


@contextmanager
def agent(file: Path) -> Iterator[str]:
    """The address at which the agent says whether it is enabled."""
    with (
        client(file) as value,
        serving(lambda _: (200, json.dumps({"enabled": value("agent")}).encode())) as url,
    ):
        yield url
