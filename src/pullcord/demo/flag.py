"""The copilot's feature flag, read as any application would: OpenFeature client, flagd provider, a flag file."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pullcord.demo.story import FLAG

_LOOK_EVERY_MS = 100


class Flag:
    """Whether the copilot is switched on; a change of the file is seen within 0.5 s.

    A flag that cannot be evaluated means off: an assistant that nobody can switch off must not run.
    """

    def __init__(self, path: Path) -> None:
        from openfeature import api
        from openfeature.contrib.provider.flagd import FlagdProvider
        from openfeature.contrib.provider.flagd.config import ResolverType
        from openfeature.exception import OpenFeatureError

        provider = FlagdProvider(
            resolver_type=ResolverType.FILE,
            offline_flag_source_path=str(path),
            deadline_ms=_LOOK_EVERY_MS,
        )
        # A file that cannot be read yet is off; the provider goes on looking.
        with contextlib.suppress(OpenFeatureError):
            api.set_provider_and_wait(provider)
        self._client = api.get_client()

    def on(self) -> bool:
        """Evaluate the flag."""
        return self._client.get_boolean_value(FLAG, default_value=False)

    def close(self) -> None:
        """Stop looking at the file."""
        from openfeature import api

        api.shutdown()
